-- title: How many learners are still learning, week by week after they started?
-- grain: one row per month of the start and week that was observed for all of it
-- param $programme_id
-- param $partner_id
-- column cohort_month DATE: month in which they started
-- column week BIGINT: weeks since the start, 0 to 26
-- column learners BIGINT: learners who started in the month
-- column learning_later BIGINT: of them, seen learning in this week or later
-- column share_retained DOUBLE: learning later / learners, 0 to 1
-- metric: share_retained
-- caveat: Reports state only the last activity, so a learner who came back after a break counts as retained throughout. Months with fewer than 30 learners are left out.
WITH months AS (
    SELECT
        cohort_month,
        max(observed_weeks) AS observed_weeks,
        sum(learners)::bigint AS learners
    FROM cube_retention
    WHERE fragment.learner_cell()
    GROUP BY cohort_month
    HAVING sum(learners) >= 30
),

grid AS (
    SELECT
        cohort_month,
        learners,
        unnest(generate_series(0, least(observed_weeks, 26))) AS week
    FROM months
)

SELECT
    g.cohort_month,
    g.week,
    g.learners,
    coalesce(sum(r.learners), 0)::bigint AS learning_later,
    share_retained(coalesce(sum(r.learners), 0), g.learners) AS share_retained
FROM grid AS g
LEFT JOIN cube_retention AS r
    ON
        g.cohort_month = r.cohort_month
        AND fragment.learner_cell(r)
        AND r.last_week >= g.week
GROUP BY g.cohort_month, g.week, g.learners
ORDER BY g.cohort_month, g.week
