-- title: Learners of countries closed country-wide, by level and day, where no capture is asked for
-- grain: one row per day, country closed country-wide and level
-- column captured_on DATE: the newest capture of UNESCO's record; later days are plans
-- column on_date DATE: day
-- column country_iso3 VARCHAR: country, never a territory
-- column level VARCHAR: pre_primary, primary, secondary or tertiary
-- column learners BIGINT: learners enrolled at the level; a level whose enrolment is not available has no row
WITH newest AS (
    SELECT max(c.captured_on) AS captured_on
    FROM dim_closure_capture AS c
)

SELECT
    n.captured_on,
    s.on_date,
    s.country_iso3,
    e.level,
    cast(sum(e.learners) AS bigint) AS learners
FROM fct_school_status AS s
INNER JOIN fct_school_record AS r ON s.captured_on = r.captured_on AND s.on_date = r.on_date AND r.asked_from IS NULL
CROSS JOIN newest AS n
INNER JOIN fct_enrolment_level AS e ON s.country_iso3 = e.country_iso3
WHERE s.status = 'closed' AND NOT s.is_territory AND e.learners IS NOT NULL
GROUP BY n.captured_on, s.on_date, s.country_iso3, e.level
ORDER BY s.on_date, s.country_iso3, e.level
