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
SELECT
    r.programme_id,
    r.partner_id,
    r.course_id,
    r.sex,
    cast(date_trunc('month', r.enrolled_on) AS date) AS month,
    h.learner_key IS NOT NULL AS with_hub,
    count(*) AS runs,
    count(*) FILTER (WHERE date_diff('day', cast(r.enrolled_on AS date), cast(r.completed_on AS date)) <= 180) AS completed
FROM int_run_margin AS r
LEFT JOIN int_hub_learner AS h
    ON r.programme_id = h.programme_id AND r.partner_id = h.partner_id AND r.learner_key = h.learner_key
WHERE r.is_timed AND date_diff('day', cast(r.enrolled_on AS date), cast(r.as_of_on AS date)) >= 180
GROUP BY
    r.programme_id,
    r.partner_id,
    r.course_id,
    r.sex,
    cast(date_trunc('month', r.enrolled_on) AS date),
    h.learner_key IS NOT NULL
ORDER BY programme_id, partner_id, course_id, sex, month, with_hub
