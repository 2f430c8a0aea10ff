-- title: Metrics that either release keeps row by row
-- grain: one row per metric
-- column metric VARCHAR: metric
-- column about VARCHAR: learners where any of its rows is a person's, else organisations
-- column told_until DATE: day of the newest file that the old release had of it, NULL without one
WITH told AS (
    SELECT
        metric,
        learner_key,
        reported_on
    FROM old_fct_figure_row
    UNION ALL
    SELECT
        metric,
        learner_key,
        NULL AS reported_on
    FROM new_fct_figure_row
)

SELECT
    metric,
    CASE WHEN count(t.learner_key) > 0 THEN 'learners' ELSE 'organisations' END AS about,
    max(t.reported_on) AS told_until
FROM told AS t
GROUP BY metric
ORDER BY metric
