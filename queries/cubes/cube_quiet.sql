-- title: Learners who have not finished, by the days since they were last seen learning
-- grain: one row per programme, partner and days
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column quiet_days BIGINT: from the last learning event to the day of the newest file, at most 366
-- column learners BIGINT: learners who started, have not completed a course and have not left
WITH quiet AS (
    SELECT
        programme_id,
        partner_id,
        least(greatest(date_diff('day', cast(last_activity_on AS date), cast(as_of_on AS date)), 0), 366) AS quiet_days
    FROM int_learner_margin
    WHERE started_on IS NOT NULL AND last_activity_on IS NOT NULL AND completed_on IS NULL AND withdrawn_on IS NULL
)

SELECT
    programme_id,
    partner_id,
    cast(quiet_days AS bigint) AS quiet_days,
    count(*) AS learners
FROM quiet
GROUP BY programme_id, partner_id, quiet_days
ORDER BY programme_id, partner_id, quiet_days
