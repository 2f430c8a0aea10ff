-- title: In which months did learners first register?
-- grain: one row per month
-- param $programme_id
-- column month DATE: first day of the month
-- column learners BIGINT: learners who first registered in it
SELECT
    month,
    sum(registered)::bigint AS learners
FROM cube_funnel
WHERE
    fragment.learner_cell_of_all()
    AND attribute = 'all'
    AND month IS NOT NULL
GROUP BY month
ORDER BY month
