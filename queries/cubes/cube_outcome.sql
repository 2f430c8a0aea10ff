-- title: Course runs by outcome
-- grain: one row per programme and outcome
-- column programme_id VARCHAR: programme
-- column outcome VARCHAR: completed, distinction, failed, withdrawn or in progress
-- column runs BIGINT: course runs
-- column learners BIGINT: distinct learners
SELECT
    programme_id,
    outcome,
    count(*) AS runs,
    count(DISTINCT learner_key) AS learners
FROM fct_course_run
GROUP BY programme_id, outcome
ORDER BY programme_id, outcome
