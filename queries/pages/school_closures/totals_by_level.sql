-- title: How many learners of each level are affected on a day?
-- grain: one row per level for which enrolment is known
-- param $on_date
-- param $as_captured_on
-- param $country_iso3
-- column level VARCHAR: pre_primary (ISCED 0), primary (1), secondary (2-3), tertiary (5-8)
-- column learners_affected BIGINT: learners of both sexes where schools are closed country-wide, NULL where the capture has no data for the day
-- column learners_total BIGINT: learners of both sexes enrolled, in the world or in the country
-- metric: learners_affected
-- caveat: Tertiary enrolment is not available for 21 countries, so it is the least complete level.
WITH answering_capture AS (
    SELECT captured_on
    FROM fct_school_record
    WHERE capture_answers(asked_from, asked_before, $as_captured_on) AND on_date = $on_date
),

enrolled AS (
    SELECT
        level,
        sum(learners)::bigint AS learners
    FROM fct_enrolment_level
    WHERE learners IS NOT NULL AND ($country_iso3 IS NULL OR country_iso3 = $country_iso3)
    GROUP BY level
),

closed AS (
    SELECT
        d.level,
        sum(d.learners_closed)::bigint AS learners
    FROM fct_school_day_level AS d
    INNER JOIN answering_capture AS a ON d.captured_on = a.captured_on
    WHERE d.on_date = $on_date
    GROUP BY d.level
),

status_of_country AS (
    SELECT s.status
    FROM fct_school_status AS s
    INNER JOIN answering_capture AS a ON s.captured_on = a.captured_on
    WHERE s.on_date = $on_date AND s.country_iso3 = $country_iso3
)

SELECT
    e.level,
    learners_affected(
        CASE
            WHEN $country_iso3 IS NULL THEN c.learners
            WHEN s.status = 'closed' THEN e.learners
            WHEN s.status IS NOT NULL THEN 0
        END
    ) AS learners_affected,
    e.learners AS learners_total
FROM enrolled AS e
LEFT JOIN closed AS c ON e.level = c.level
LEFT JOIN status_of_country AS s ON TRUE
ORDER BY list_position(['pre_primary', 'primary', 'secondary', 'tertiary'], e.level)
