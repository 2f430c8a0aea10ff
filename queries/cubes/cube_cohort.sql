-- title: Course runs by the day after enrolment on which they ended, or were last observed
-- grain: one row per programme, partner, intake (month, or all) and value of one attribute
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column cohort VARCHAR: month of enrolment as YYYY-MM, or all
-- column attribute VARCHAR: all, sex, age_band or education; of one month only all and sex
-- column attribute_value VARCHAR: value of the attribute; all for all
-- column runs BIGINT: course runs
-- column learners BIGINT: distinct learners of them
-- column days VARCHAR: for each day on which something happened day:completed:withdrawn:failed:still active, in the order of days, with spaces between; days since enrolment, at most 730, and what ends later is observed until then
-- among: runs >= learners
WITH ends AS (
    SELECT
        r.programme_id,
        r.partner_id,
        strftime(r.enrolled_on, '%Y-%m') AS cohort_month,
        r.sex,
        r.age_band,
        r.education,
        date_diff(
            'day', cast(r.enrolled_on AS date), cast(coalesce(r.completed_on, r.withdrawn_on, r.failed_on, r.as_of_on) AS date)
        ) AS days,
        CASE
            WHEN r.completed_on IS NOT NULL THEN 'completed'
            WHEN r.withdrawn_on IS NOT NULL THEN 'withdrawn'
            WHEN r.failed_on IS NOT NULL THEN 'failed'
            ELSE 'active'
        END AS ended
    FROM int_run_margin AS r
    WHERE r.is_timed
),

capped AS (
    SELECT
        programme_id,
        partner_id,
        cohort_month,
        sex,
        age_band,
        education,
        least(greatest(days, 0), 730) AS day,
        CASE WHEN days > 730 THEN 'active' ELSE ended END AS ended
    FROM ends
),

-- One row a curve: a page looks one up, whatever the number of days.
cells AS (
    SELECT
        programme_id,
        partner_id,
        coalesce(cohort_month, 'all') AS cohort,
        CASE
            WHEN grouping(sex) = 0 THEN 'sex'
            WHEN grouping(age_band) = 0 THEN 'age_band'
            WHEN grouping(education) = 0 THEN 'education'
            ELSE 'all'
        END AS attribute,
        coalesce(sex, age_band, education, 'all') AS attribute_value,
        cast(day AS bigint) AS day,
        count(*) FILTER (WHERE ended = 'completed') AS completed,
        count(*) FILTER (WHERE ended = 'withdrawn') AS withdrawn,
        count(*) FILTER (WHERE ended = 'failed') AS failed,
        count(*) FILTER (WHERE ended = 'active') AS still_active
    FROM capped
    GROUP BY
        GROUPING SETS (
            (programme_id, partner_id, day),
            (programme_id, partner_id, day, sex),
            (programme_id, partner_id, day, age_band),
            (programme_id, partner_id, day, education),
            (programme_id, partner_id, day, cohort_month),
            (programme_id, partner_id, day, cohort_month, sex)
        )
),

people AS (
    SELECT
        l.programme_id,
        l.partner_id,
        l.cohort,
        CASE
            WHEN grouping(p.sex) = 0 THEN 'sex'
            WHEN grouping(p.age_band) = 0 THEN 'age_band'
            WHEN grouping(p.education) = 0 THEN 'education'
            ELSE 'all'
        END AS attribute,
        coalesce(p.sex, p.age_band, p.education, 'all') AS attribute_value,
        count(*) AS learners
    FROM int_completion_learner AS l
    INNER JOIN int_run_learner AS p ON l.partner_id = p.partner_id AND l.learner_key = p.learner_key
    WHERE NOT contains(l.cohort, 'Q')
    GROUP BY
        GROUPING SETS (
            (l.programme_id, l.partner_id, l.cohort),
            (l.programme_id, l.partner_id, l.cohort, p.sex),
            (l.programme_id, l.partner_id, l.cohort, p.age_band),
            (l.programme_id, l.partner_id, l.cohort, p.education)
        )
)

SELECT
    c.programme_id,
    c.partner_id,
    c.cohort,
    c.attribute,
    c.attribute_value,
    cast(sum(c.completed + c.withdrawn + c.failed + c.still_active) AS bigint) AS runs,
    max(p.learners) AS learners,
    string_agg(
        concat(
            cast(c.day AS varchar), ':', cast(c.completed AS varchar), ':', cast(c.withdrawn AS varchar), ':', cast(c.failed AS varchar), ':',
            cast(c.still_active AS varchar)
        ),
        ' '
        ORDER BY c.day
    ) AS days
FROM cells AS c
INNER JOIN people AS p
    ON
        c.programme_id = p.programme_id
        AND c.partner_id = p.partner_id
        AND c.cohort = p.cohort
        AND c.attribute = p.attribute
        AND c.attribute_value = p.attribute_value
GROUP BY c.programme_id, c.partner_id, c.cohort, c.attribute, c.attribute_value
ORDER BY programme_id, partner_id, cohort, attribute, attribute_value
