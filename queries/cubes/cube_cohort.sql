-- title: Course runs by the day after enrolment on which they ended, or were last observed
-- grain: one row per programme, partner, intake (month, or NULL for all), value of one attribute and day
-- column programme_id VARCHAR: programme, for_refugees, or NULL for all
-- column partner_id VARCHAR: partner, or NULL for all
-- column cohort_month DATE: first day of the month of enrolment, or NULL for all
-- column attribute VARCHAR: all, sex, age_band or education; of one month only all and sex
-- column attribute_value VARCHAR: value of the attribute; all for all
-- column day BIGINT: days since enrolment, at most 730: what ends later is taken as observed until then
-- column completed BIGINT: course runs completed on that day
-- column withdrawn BIGINT: left on that day
-- column failed BIGINT: ended without passing on that day
-- column still_active BIGINT: last observed on that day, neither completed nor ended
WITH ends AS (
    SELECT
        r.programme_id,
        r.partner_id,
        cast(date_trunc('month', r.enrolled_on) AS date) AS cohort_month,
        p.sex,
        p.age_band,
        p.education,
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
    INNER JOIN int_learner AS p ON r.learner_key = p.learner_key
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
)

SELECT
    programme_id,
    partner_id,
    cohort_month,
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
ORDER BY programme_id, partner_id, cohort_month, attribute, attribute_value, day
