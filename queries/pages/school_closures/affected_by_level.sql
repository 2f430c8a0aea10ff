-- title: How many learners of each level and sex are affected on a day?
-- grain: one row per level and sex
-- param $on_date DATE: the day asked about
-- param $as_captured_on DATE: the capture that was the latest on this day, or NULL for the latest of all
-- column level VARCHAR: pre_primary (ISCED 0), primary (1), secondary (2-3), tertiary (5-8)
-- column sex VARCHAR: female or male
-- column learners_affected BIGINT: learners of the countries closed country-wide, NULL where the capture says nothing of the day
-- column learners_total BIGINT: learners enrolled in the world
-- metric: learners_affected
-- caveat: Tertiary enrolment is not available for 21 countries, so it is the least complete level.
WITH asked AS (
    SELECT max(captured_on) AS captured_on
    FROM dim_closure_capture
    WHERE $as_captured_on IS NULL OR captured_on <= $as_captured_on
),

day AS (
    SELECT
        s.country_iso3,
        s.status
    FROM fct_school_status AS s
    INNER JOIN asked ON s.captured_on = asked.captured_on
    WHERE s.on_date = $on_date AND NOT s.is_territory
)

SELECT
    e.level,
    e.sex,
    learners_affected(day.status, e.learners) AS learners_affected,
    sum(e.learners)::bigint AS learners_total
FROM fct_enrolment_level AS e
LEFT JOIN day ON e.country_iso3 = day.country_iso3
GROUP BY e.level, e.sex
ORDER BY list_position(['pre_primary', 'primary', 'secondary', 'tertiary'], e.level), e.sex
