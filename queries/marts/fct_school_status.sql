-- title: Status of schools by country and day, as captured
-- grain: one row per capture, country and day on which a status is known or planned
-- column captured_on DATE: capture of UNESCO's record
-- column on_date DATE: day
-- column country_iso3 VARCHAR: country
-- column status VARCHAR: closed, partial, on_break or open
-- column is_planned BOOLEAN: the day is later than the capture
-- column is_territory BOOLEAN: kept, but not counted as a country
-- column learners BIGINT: learners enrolled in the country, latest vintage, NULL where not available
WITH spell_day AS (
    SELECT
        captured_on,
        country_iso3,
        status,
        from_date,
        unnest(generate_series(0, date_diff('day', cast(from_date AS date), cast(to_date AS date)))) AS day_of_spell
    FROM fct_school_spell
),

country AS (
    SELECT
        country_iso3,
        sum(learners) AS enrolled
    FROM fct_enrolment_level
    GROUP BY country_iso3
)

SELECT
    d.captured_on,
    d.from_date + cast(d.day_of_spell AS int) AS on_date,
    d.country_iso3,
    d.status,
    d.from_date + cast(d.day_of_spell AS int) > d.captured_on AS is_planned,
    -- Listed under China's code until April 2020; China's own row counts.
    d.country_iso3 IN ('HKG', 'MAC') AS is_territory,
    cast(c.enrolled AS bigint) AS learners
FROM spell_day AS d
LEFT JOIN country AS c ON d.country_iso3 = c.country_iso3
ORDER BY d.captured_on, on_date, d.country_iso3
