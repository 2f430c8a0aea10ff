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
    fragment.learner_cell()
    AND cohort <> 'all'
    AND cohort NOT LIKE '%-Q%'
    AND horizon_days = 180
ORDER BY cohort
