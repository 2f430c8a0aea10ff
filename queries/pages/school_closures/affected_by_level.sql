-- title: How many learners of each level and sex are affected on a day?
-- grain: one row per level and sex
-- param $on_date
-- param $as_captured_on
-- column level VARCHAR: pre_primary (ISCED 0), primary (1), secondary (2-3), tertiary (5-8)
-- column sex VARCHAR: female or male
-- column learners_affected BIGINT: learners of the countries closed country-wide, NULL where the capture has no data for the day
-- column learners_total BIGINT: learners enrolled in the world
-- metric: learners_affected
-- caveat: Tertiary enrolment is not available for 21 countries, so it is the least complete level.
WITH enrolled AS (
    SELECT
        level,
        sex,
        sum(learners)::bigint AS learners_total
    FROM fct_enrolment_level
    GROUP BY level, sex
)

SELECT
    e.level,
    e.sex,
    learners_affected(d.learners_closed) AS learners_affected,
    e.learners_total
FROM enrolled AS e
LEFT JOIN fct_school_day_level AS d
    ON
        e.level = d.level
        AND e.sex = d.sex
        AND d.on_date = $on_date
        AND d.captured_on = (
            SELECT r.captured_on
            FROM fct_school_record AS r
            WHERE capture_answers(r.asked_from, r.asked_before, $as_captured_on) AND r.on_date = $on_date
        )
ORDER BY list_position(['pre_primary', 'primary', 'secondary', 'tertiary'], e.level), e.sex
