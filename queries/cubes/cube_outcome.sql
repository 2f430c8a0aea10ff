-- title: Course runs by outcome
-- grain: one row per programme, partner and outcome, and one for all outcomes
-- column programme_id VARCHAR: programme
-- column partner_id VARCHAR: partner, or all
-- column outcome VARCHAR: completed, distinction, failed, withdrawn or in progress; all for all
-- column runs BIGINT: course runs
-- column learners BIGINT: distinct learners
-- among: runs >= learners
SELECT
    r.programme_id,
    r.partner_id,
    coalesce(r.outcome, 'all') AS outcome,
    count(*) AS runs,
    count(DISTINCT r.learner_key) AS learners
FROM int_run_margin AS r
INNER JOIN dim_programme AS p ON r.programme_id = p.programme_id
GROUP BY GROUPING SETS ((r.programme_id, r.partner_id), (r.programme_id, r.partner_id, r.outcome))
ORDER BY programme_id, partner_id, outcome
