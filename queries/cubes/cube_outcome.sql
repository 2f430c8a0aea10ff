-- title: Course runs by outcome
-- grain: one row per programme, partner and outcome, and one for all outcomes
-- column programme_id VARCHAR: programme
-- column partner_id VARCHAR: partner, or all
-- column outcome VARCHAR: completed, distinction, failed, withdrawn, under way or quiet; all for all
-- column runs BIGINT: course runs
-- column learners BIGINT: distinct learners
-- among: runs >= learners
WITH ends AS (
    SELECT
        r.programme_id,
        r.partner_id,
        r.learner_key,
        CASE
            WHEN r.outcome <> 'in progress' THEN r.outcome
            WHEN date_diff('day', cast(coalesce(r.last_activity_on, r.enrolled_on) AS date), cast(r.as_of_on AS date)) < 180 THEN 'under way'
            ELSE 'quiet'
        END AS outcome
    FROM int_run_margin AS r
    INNER JOIN dim_programme AS p ON r.programme_id = p.programme_id
)

SELECT
    programme_id,
    partner_id,
    coalesce(e.outcome, 'all') AS outcome,
    count(*) AS runs,
    count(DISTINCT e.learner_key) AS learners
FROM ends AS e
GROUP BY GROUPING SETS ((programme_id, partner_id), (programme_id, partner_id, e.outcome))
ORDER BY programme_id, partner_id, outcome
