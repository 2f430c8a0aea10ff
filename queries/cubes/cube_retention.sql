-- title: Learners by the week in which they were last seen learning
-- grain: one row per programme, partner, intake (month of the start) and week
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column cohort_month DATE: first day of the month in which they started
-- column last_week BIGINT: whole weeks from the start to the last learning event, at most 52
-- column learners BIGINT: learners
-- column observed_weeks BIGINT: whole weeks that the last to start in the month was observed
WITH weeks AS (
    SELECT
        programme_id,
        partner_id,
        cast(date_trunc('month', started_on) AS date) AS cohort_month,
        least(floor(date_diff('day', cast(started_on AS date), cast(coalesce(last_activity_on, started_on) AS date)) / 7), 52) AS last_week,
        floor(date_diff('day', cast(started_on AS date), cast(as_of_on AS date)) / 7) AS observed
    FROM int_learner_margin
    WHERE started_on IS NOT NULL AND last_activity_on IS NOT NULL
),

seen AS (
    SELECT
        programme_id,
        partner_id,
        cohort_month,
        greatest(last_week, 0) AS last_week,
        min(observed) OVER (PARTITION BY programme_id, partner_id, cohort_month) AS observed_weeks
    FROM weeks
)

SELECT
    programme_id,
    partner_id,
    cohort_month,
    cast(last_week AS bigint) AS last_week,
    count(*) AS learners,
    cast(observed_weeks AS bigint) AS observed_weeks
FROM seen
GROUP BY programme_id, partner_id, cohort_month, last_week, observed_weeks
ORDER BY programme_id, partner_id, cohort_month, last_week
