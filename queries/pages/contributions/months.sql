-- title: How many activities were under way in each month, by stage?
-- grain: one row per month and stage with an activity under way
-- param $stage
-- param $mission
-- param $audience
-- param $region
-- param $member_type
-- param $from_month
-- param $to_month
-- column month DATE: first day of the month
-- column stage VARCHAR: confirmed, delivering, delivered or not stated, as it is by now; offered where that is asked
-- column activities BIGINT: distinct activities under way on a day of the month
-- caveat: Activities without a first day are in no month. No activity counts as under way after the day of its list, even where a later last day is planned.
WITH running AS (
    SELECT
        a.activity_id,
        a.stage,
        unnest(generate_series(date_trunc('month', a.began_on), least(a.until_on, a.told_on), INTERVAL 1 MONTH))::date AS month
    FROM fct_activity_5w AS a
    WHERE
        fragment.activity_stage(a)
        AND fragment.activity_filters(a)
)

SELECT
    month,
    stage,
    count(DISTINCT activity_id)::bigint AS activities
FROM running
WHERE
    ($from_month IS NULL OR month >= $from_month)
    AND ($to_month IS NULL OR month <= $to_month)
GROUP BY month, stage
ORDER BY month, stage
