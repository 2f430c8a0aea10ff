-- title: By how much do two cohorts differ in completion by a day?
-- grain: one row
-- param $programme_id VARCHAR: programme of the first, for_refugees, or NULL for all
-- param $partner_id VARCHAR: partner of the first, or NULL for all
-- param $cohort_month DATE: intake of the first, or NULL for all
-- param $attribute VARCHAR: sex, age_band or education of the first, or NULL for all
-- param $attribute_value VARCHAR: value of the attribute of the first, or NULL for all
-- param $other_programme_id
-- param $other_partner_id
-- param $other_cohort_month
-- param $other_attribute
-- param $other_attribute_value
-- param $by_day
-- column by_day BIGINT: the day asked about
-- column runs BIGINT: course runs of the first
-- column share DOUBLE: cumulative incidence of completion of the first
-- column other_runs BIGINT: course runs of the second
-- column other_share DOUBLE: cumulative incidence of completion of the second
-- column difference DOUBLE: first minus second
-- column difference_low DOUBLE: lower end of its 95 % interval
-- column difference_high DOUBLE: upper end of its 95 % interval
-- column is_clear BOOLEAN: the interval leaves out zero, and neither is small
-- column is_small BOOLEAN: fewer than 30 course runs in one of them, so not to be ranked
-- column is_observed BOOLEAN: both have course runs under way or ended by then, so that the day was reached
-- metric: completion_incidence
WITH written AS (
    SELECT
        1 AS side,
        string_split(unnest(string_split(days, ' ')), ':') AS fields
    FROM cube_cohort
    WHERE
        fragment.learner_cell()
        AND fragment.cohort_filters()
    UNION ALL
    SELECT
        2 AS side,
        string_split(unnest(string_split(days, ' ')), ':') AS fields
    FROM cube_cohort
    WHERE
        programme_id = coalesce($other_programme_id, 'all')
        AND partner_id = coalesce($other_partner_id, 'all')
        AND cohort = coalesce(strftime(cast($other_cohort_month AS date), '%Y-%m'), 'all')
        AND attribute = coalesce($other_attribute, 'all')
        AND attribute_value = coalesce($other_attribute_value, 'all')
),

days AS (
    SELECT
        side,
        fields[1]::bigint AS day,
        fields[2]::bigint AS completed,
        fields[3]::bigint + fields[4]::bigint AS others,
        fields[5]::bigint AS still_active
    FROM written
),

-- What ends after the day is under way on it, as far as observed.
until AS (
    SELECT
        side,
        least(day, $by_day + 1) AS day,
        sum(CASE WHEN day <= $by_day THEN completed ELSE 0 END)::bigint AS completed,
        sum(CASE WHEN day <= $by_day THEN others ELSE 0 END)::bigint AS others,
        sum(CASE WHEN day <= $by_day THEN still_active ELSE completed + others + still_active END)::bigint AS still_active
    FROM days
    GROUP BY side, least(day, $by_day + 1)
),

sides AS (
    SELECT
        side,
        sum(completed + others + still_active)::bigint AS runs,
        max(day) >= $by_day AS is_observed,
        incidence(list(day ORDER BY day), list(completed ORDER BY day), list(others ORDER BY day), list(still_active ORDER BY day))[-1] AS share,
        incidence_error(list(day ORDER BY day), list(completed ORDER BY day), list(others ORDER BY day), list(still_active ORDER BY day))[-1] AS error
    FROM until
    GROUP BY side
)

SELECT
    $by_day::bigint AS by_day,
    one.runs,
    one.share,
    two.runs AS other_runs,
    two.share AS other_share,
    one.share - two.share AS difference,
    one.share - two.share - 1.959963984540054 * sqrt(one.error * one.error + two.error * two.error) AS difference_low,
    one.share - two.share + 1.959963984540054 * sqrt(one.error * one.error + two.error * two.error) AS difference_high,
    one.runs >= 30 AND two.runs >= 30 AND abs(one.share - two.share) > 1.959963984540054 * sqrt(one.error * one.error + two.error * two.error) AS is_clear,
    one.runs < 30 OR two.runs < 30 AS is_small,
    one.is_observed AND two.is_observed AS is_observed
FROM sides AS one
INNER JOIN sides AS two ON one.side = 1 AND two.side = 2
ORDER BY one.runs
