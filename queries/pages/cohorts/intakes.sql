-- title: In which months did a cohort enrol?
-- grain: one row per month
-- param $programme_id
-- param $partner_id
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
