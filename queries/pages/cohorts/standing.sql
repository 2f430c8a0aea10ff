-- title: How many course runs of a cohort are completed, under way, quiet or ended?
-- grain: one row
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- param $partner_id VARCHAR: partner, or NULL for all
-- param $cohort_month DATE: month of enrolment, or NULL for all
-- param $horizon_days BIGINT: 30, 60, 90, 180 or 365 days from enrolment, or NULL for 180
-- column runs BIGINT: course runs enrolled
-- column completed_so_far BIGINT: of them, completed
-- column withdrawn_so_far BIGINT: of them, left before they completed
-- column failed_so_far BIGINT: of them, ended without passing
-- column ended_so_far BIGINT: of them, left or ended without passing: withdrawn and failed together, of which a part that is hidden counts as none
-- column under_way_so_far BIGINT: not completed, not ended, and with a learning event or the enrolment itself in the last 180 days of the record
-- column quiet_so_far BIGINT: not completed, not ended, and without a learning event for 180 days or more
-- column verified_matured BIGINT: on the verified track and enrolled at least the horizon ago
-- column share_verified DOUBLE: of them, completed within the horizon, 0 to 1
-- column share_low DOUBLE: lower end of its 95 % interval
-- column share_high DOUBLE: upper end of its 95 % interval
-- column is_small BOOLEAN: fewer than 30 course runs, so not to be ranked
-- metric: matured_verified_completion = share_verified
-- metric: runs_under_way = under_way_so_far
-- metric: runs_quiet = quiet_so_far
-- metric: runs_ended = ended_so_far
SELECT
    runs,
    completed_so_far,
    withdrawn_so_far,
    failed_so_far,
    runs_ended(withdrawn_so_far, failed_so_far) AS ended_so_far,
    runs_under_way(under_way_so_far) AS under_way_so_far,
    runs_quiet(quiet_so_far) AS quiet_so_far,
    verified_matured,
    matured_verified_completion(verified_completed, verified_matured) AS share_verified,
    wilson_low(verified_completed, verified_matured) AS share_low,
    wilson_high(verified_completed, verified_matured) AS share_high,
    runs < 30 AS is_small
FROM cube_completion
WHERE
    fragment.learner_cell()
    AND cohort = coalesce(strftime(cast($cohort_month AS date), '%Y-%m'), 'all')
    AND fragment.completion_horizon()
ORDER BY runs
