-- title: How did reach grow since the first learner?
-- grain: one row per month with a change
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- column month DATE: last day of the month, or the day of the newest file within it
-- column learners_reached BIGINT: distinct learners reached until then
-- column unique_lower BIGINT: lower bound
-- column unique_upper BIGINT: upper bound
-- column credentials BIGINT: certificates issued until then
-- metric: learners_reached = learners_reached in the last row
-- metric: credentials = credentials in the last row
WITH months AS (
    SELECT
        last_day(on_date) AS month,
        max(learners_reached) AS learners_reached,
        max(unique_lower) AS unique_lower,
        max(unique_upper) AS unique_upper,
        max(credentials) AS credentials
    FROM cube_reach
    WHERE fragment.learner_cell_of_all()
    GROUP BY last_day(on_date)
),

newest AS (
    SELECT max(as_of_on) AS as_of_on
    FROM dim_stream
)

SELECT
    least(m.month, n.as_of_on) AS month,
    m.learners_reached,
    m.unique_lower,
    m.unique_upper,
    m.credentials
FROM months AS m
CROSS JOIN newest AS n
ORDER BY m.month
