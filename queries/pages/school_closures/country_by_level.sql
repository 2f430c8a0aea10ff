-- title: How many learners of each level and sex are affected in one country on a day?
-- grain: one row per level and sex for which the country's enrolment is known
-- param $country_iso3 VARCHAR: country, ISO 3166 alpha-3
-- param $on_date DATE: the day asked about
-- param $as_captured_on DATE: the capture that was the latest on this day, or NULL for the one with most rows around each day
-- column level VARCHAR: pre_primary (ISCED 0), primary (1), secondary (2-3), tertiary (5-8)
-- column sex VARCHAR: female or male
-- column learners_affected BIGINT: learners enrolled, where the country is closed country-wide, else 0; NULL where the record has no status of the day
-- column learners_total BIGINT: learners enrolled in the country
-- metric: learners_affected
WITH answering_capture AS (
    SELECT captured_on
    FROM fct_school_record
    WHERE capture_answers(asked_from, asked_before, $as_captured_on) AND on_date = $on_date
)

SELECT
    e.level,
    e.sex,
    learners_affected(CASE WHEN s.status = 'closed' THEN e.learners WHEN s.status IS NOT NULL THEN 0 END) AS learners_affected,
    e.learners AS learners_total
FROM fct_enrolment_level AS e
LEFT JOIN fct_school_status AS s
    ON
        e.country_iso3 = s.country_iso3
        AND s.on_date = $on_date
        AND s.captured_on = (SELECT a.captured_on FROM answering_capture AS a)
WHERE e.country_iso3 = $country_iso3 AND e.learners IS NOT NULL
ORDER BY list_position(['pre_primary', 'primary', 'secondary', 'tertiary'], e.level), e.sex
