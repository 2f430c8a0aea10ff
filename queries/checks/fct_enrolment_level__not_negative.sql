-- title: No country has fewer than 0 learners at a level.
SELECT
    country_iso3,
    level,
    sex,
    learners
FROM fct_enrolment_level
WHERE learners < 0
ORDER BY country_iso3, level, sex
