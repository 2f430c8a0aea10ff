-- title: Course runs that were not completed, by how far the learner came
-- grain: one row per programme, partner, fifth of the course and state
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column fifth BIGINT: 0 where nothing was done, else 1 for up to 20 % of the course to 5 for more than 80 %; -1 where progress is not reported
-- column state VARCHAR: ended, under way or quiet
-- column runs BIGINT: course runs
-- column learners BIGINT: distinct learners of them
-- among: runs >= learners
WITH stopped AS (
    SELECT
        programme_id,
        partner_id,
        learner_key,
        cast(
            CASE
                WHEN progress IS NULL THEN -1
                WHEN progress <= 0 THEN 0
                WHEN progress <= cast(0.2 AS double) THEN 1
                WHEN progress <= cast(0.4 AS double) THEN 2
                WHEN progress <= cast(0.6 AS double) THEN 3
                WHEN progress <= cast(0.8 AS double) THEN 4
                ELSE 5
            END AS bigint
        ) AS fifth,
        CASE
            WHEN withdrawn_on IS NOT NULL OR failed_on IS NOT NULL THEN 'ended'
            WHEN date_diff('day', cast(coalesce(last_activity_on, enrolled_on) AS date), cast(as_of_on AS date)) < 180 THEN 'under way'
            ELSE 'quiet'
        END AS state
    FROM int_run_margin
    WHERE completed_on IS NULL
)

SELECT
    programme_id,
    partner_id,
    fifth,
    state,
    count(*) AS runs,
    count(DISTINCT learner_key) AS learners
FROM stopped
GROUP BY programme_id, partner_id, fifth, state
ORDER BY programme_id, partner_id, fifth, state
