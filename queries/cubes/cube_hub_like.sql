-- title: Matured course runs with and without a learning hub by course, sex and month of intake, for comparing like with like
-- grain: one row per programme, partner, course, sex, month and whether with a hub
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column course_id VARCHAR: course
-- column sex VARCHAR: female, male, other or not reported
-- column month DATE: first day of the month of enrolment
-- column with_hub BOOLEAN: of learners whom a partner registered at a hub
-- column runs BIGINT: enrolled at least 180 days before they were last observed
-- column completed BIGINT: of them, completed within 180 days
WITH at_hub AS (
    SELECT DISTINCT
        t.total_programme_id,
        t.total_partner_id,
        j.learner_key
    FROM fct_journey AS j
    INNER JOIN int_total AS t ON j.programme_id = t.programme_id AND j.partner_id = t.partner_id
    WHERE j.hub_id IS NOT NULL
)

SELECT
    r.programme_id,
    r.partner_id,
    r.course_id,
    p.sex,
    cast(date_trunc('month', r.enrolled_on) AS date) AS month,
    h.learner_key IS NOT NULL AS with_hub,
    count(*) AS runs,
    count(*) FILTER (WHERE date_diff('day', cast(r.enrolled_on AS date), cast(r.completed_on AS date)) <= 180) AS completed
FROM int_run_margin AS r
INNER JOIN int_learner AS p ON r.learner_key = p.learner_key
LEFT JOIN at_hub AS h
    ON
        r.programme_id = h.total_programme_id
        AND r.partner_id = h.total_partner_id
        AND r.learner_key = h.learner_key
WHERE r.is_timed AND date_diff('day', cast(r.enrolled_on AS date), cast(r.as_of_on AS date)) >= 180
GROUP BY
    r.programme_id,
    r.partner_id,
    r.course_id,
    p.sex,
    cast(date_trunc('month', r.enrolled_on) AS date),
    h.learner_key IS NOT NULL
ORDER BY programme_id, partner_id, course_id, sex, month, with_hub
