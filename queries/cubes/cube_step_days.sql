-- title: Days between steps
-- grain: one row per programme, partner and step after the first
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column step_order BIGINT: 2 Enrolled to 7 Recognised
-- column learners BIGINT: learners who reached the step
-- column median_days DOUBLE: median days since the step before
WITH gaps AS (
    SELECT
        programme_id,
        partner_id,
        2 AS step_order,
        date_diff('day', cast(registered_on AS date), cast(enrolled_on AS date)) AS days
    FROM int_learner_margin
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        3,
        date_diff('day', cast(enrolled_on AS date), cast(started_on AS date))
    FROM int_learner_margin
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        4,
        date_diff('day', cast(started_on AS date), cast(active_on AS date))
    FROM int_learner_margin
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        5,
        date_diff('day', cast(active_on AS date), cast(completed_on AS date))
    FROM int_learner_margin
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        6,
        date_diff('day', cast(completed_on AS date), cast(credential_on AS date))
    FROM int_learner_margin
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        7,
        date_diff('day', cast(credential_on AS date), cast(recognised_on AS date))
    FROM int_learner_margin
)

SELECT
    programme_id,
    partner_id,
    cast(step_order AS bigint) AS step_order,
    count(days) AS learners,
    cast(median(days) AS double) AS median_days
FROM gaps
GROUP BY programme_id, partner_id, step_order
ORDER BY programme_id, partner_id, step_order
