-- title: How did each intake of a partner do?
-- grain: one row per month of enrolment, latest first; none for viewers who do not own the rows
-- param $partner_id VARCHAR: partner
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- column cohort VARCHAR "Intake": month of enrolment as YYYY-MM
-- column runs BIGINT: course runs
-- column completed_so_far BIGINT: of them, completed
-- column ended_so_far BIGINT: of them, left or ended without passing
-- column under_way_so_far BIGINT: of them, under way: a learning event or the enrolment in the last 180 days of the record
-- column quiet_so_far BIGINT: of them, quiet for 180 days or more
-- column verified_matured BIGINT: on the verified track and enrolled at least 180 days before they were last observed
-- column share_verified DOUBLE: of them, completed within 180 days, 0 to 1
-- column share_low DOUBLE: lower end of its 95 % interval
-- column share_high DOUBLE: upper end of its 95 % interval
-- column is_small BOOLEAN: fewer than 30 matured runs, so not to be ranked
-- metric: matured_verified_completion
-- caveat: A recent intake has no rate yet: a learner who is under way has not failed.
SELECT
    cohort,
    runs,
    completed_so_far,
    runs_ended(withdrawn_so_far, failed_so_far) AS ended_so_far,
    under_way_so_far,
    quiet_so_far,
    verified_matured,
    matured_verified_completion(verified_completed, verified_matured) AS share_verified,
    wilson_low(verified_completed, verified_matured) AS share_low,
    wilson_high(verified_completed, verified_matured) AS share_high,
    verified_matured < 30 AS is_small
FROM cube_completion
WHERE
    fragment.learner_cell_of_partner()
    AND cohort <> 'all'
    AND cohort NOT LIKE '%-Q%'
    AND horizon_days = 180
ORDER BY cohort DESC
