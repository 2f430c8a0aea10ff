-- title: Matured course runs by course, sex and quarter of intake, for comparing like with like
-- grain: one row per programme, partner, course, sex and quarter
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column course_id VARCHAR: course
-- column sex VARCHAR: female, male, other or not reported
-- column quarter DATE: first day of the quarter of enrolment
-- column runs BIGINT: enrolled at least 180 days before they were last observed
-- column completed BIGINT: of them, completed within 180 days
SELECT
    r.programme_id,
    r.partner_id,
    r.course_id,
    r.sex,
    cast(date_trunc('quarter', r.enrolled_on) AS date) AS quarter,
    count(*) AS runs,
    count(*) FILTER (WHERE date_diff('day', cast(r.enrolled_on AS date), cast(r.completed_on AS date)) <= 180) AS completed
FROM int_run_margin AS r
WHERE r.is_timed AND date_diff('day', cast(r.enrolled_on AS date), cast(r.as_of_on AS date)) >= 180
GROUP BY r.programme_id, r.partner_id, r.course_id, r.sex, cast(date_trunc('quarter', r.enrolled_on) AS date)
ORDER BY programme_id, partner_id, course_id, sex, quarter
