-- title: Learners of countries closed country-wide, by level and sex, day by day
-- grain: one row per capture, day, level and sex
-- column captured_on DATE: capture of UNESCO's record
-- column on_date DATE: day
-- column level VARCHAR: pre_primary, primary, secondary or tertiary
-- column sex VARCHAR: female or male
-- column learners_closed BIGINT: learners of that level and sex in the countries closed country-wide
SELECT
    s.captured_on,
    s.on_date,
    e.level,
    e.sex,
    cast(coalesce(sum(e.learners) FILTER (WHERE s.status = 'closed'), 0) AS bigint) AS learners_closed
FROM fct_school_status AS s
INNER JOIN fct_enrolment_level AS e ON s.country_iso3 = e.country_iso3
WHERE NOT s.is_territory
GROUP BY s.captured_on, s.on_date, e.level, e.sex
ORDER BY s.captured_on, s.on_date, e.level, e.sex
