-- title: How many learners are reached by a day, and in how many countries?
-- grain: one row
-- param $on_date DATE: day, or NULL for the day of the newest file
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- column on_date DATE: the day that answers: the day asked, or that of the newest file where it is earlier; of others' learners the last end of a month or quarter by then
-- column learners_reached BIGINT: distinct learners with a learning event, linked where partners gave the same id
-- column countries BIGINT: countries where learners live, unknown not counted
-- metric: learners_reached
-- metric: countries_reached = countries
WITH as_of AS (
    SELECT * FROM fragment.reach_date
),

latest AS (
    SELECT
        c.on_date,
        c.learners_reached,
        c.countries
    FROM cube_reach AS c
    INNER JOIN as_of AS a ON c.on_date <= a.on_date
    WHERE fragment.learner_cell_of_all(c)
    ORDER BY c.on_date DESC
    LIMIT 1
)

SELECT
    counted_until(a.on_date, l.on_date) AS on_date,
    known(l.learners_reached) AS learners_reached,
    known(l.countries) AS countries
FROM as_of AS a
LEFT JOIN latest AS l ON TRUE
ORDER BY a.on_date
