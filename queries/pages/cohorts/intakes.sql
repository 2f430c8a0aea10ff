-- title: In which months did a cohort enrol?
-- grain: one row per month
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- param $partner_id VARCHAR: partner, or NULL for all
-- column cohort VARCHAR: month of enrolment as YYYY-MM
-- column runs BIGINT: course runs
SELECT
    cohort,
    runs
FROM cube_completion
WHERE
    programme_id = coalesce($programme_id, 'all')
    AND partner_id = coalesce($partner_id, 'all')
    AND cohort <> 'all'
    AND cohort NOT LIKE '%-Q%'
    AND horizon_days = 180
ORDER BY cohort
