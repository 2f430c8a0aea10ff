-- title: How does withdrawal build up from the day of enrolment?
-- grain: one row per day on which something happened in the cohort, and day 0
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- param $partner_id VARCHAR: partner, or NULL for all
-- param $cohort_month DATE: month of enrolment, or NULL for all
-- param $attribute VARCHAR: sex, age_band or education, or NULL for all
-- param $attribute_value VARCHAR: value of the attribute, or NULL for all
-- column cohort VARCHAR: what was asked, in words
-- column day BIGINT: days since enrolment
-- column at_risk BIGINT: course runs that had not ended and were observed at the beginning of the day
-- column completed BIGINT: completed on that day
-- column withdrawn BIGINT: left on that day
-- column withdrawal_share DOUBLE: cumulative incidence by the end of the day, Aalen-Johansen; completing or failing is a competing risk, a run that has not ended is censored
-- column ci_low DOUBLE: lower end of its 95 % interval
-- column ci_high DOUBLE: upper end of its 95 % interval
-- metric: withdrawal_incidence
-- caveat: Unit: course runs. A course run that has not ended is neither a success nor a failure, and counts as long as observed.
WITH cohort AS (
    SELECT * FROM fragment.cohort_by_day
),

lists AS (
    SELECT
        list(day ORDER BY day) AS day,
        list(at_risk ORDER BY day) AS at_risk,
        list(completed ORDER BY day) AS completed,
        list(withdrawn ORDER BY day) AS withdrawn,
        incidence(list(day ORDER BY day), list(withdrawn ORDER BY day), list(completed + failed ORDER BY day), list(still_active ORDER BY day)) AS share,
        incidence_error(list(day ORDER BY day), list(withdrawn ORDER BY day), list(completed + failed ORDER BY day), list(still_active ORDER BY day)) AS error
    FROM cohort
    HAVING sum(completed + withdrawn + failed + still_active) > 0
),

curve AS (
    SELECT
        unnest(day) AS day,
        unnest(at_risk) AS at_risk,
        unnest(completed) AS completed,
        unnest(withdrawn) AS withdrawn,
        unnest(share) AS share,
        unnest(error) AS error
    FROM lists
)

SELECT
    concat_ws(
        ', ', coalesce($programme_id, 'all programmes'), coalesce($partner_id, 'all partners'),
        coalesce(strftime(cast($cohort_month AS date), '%Y-%m'), 'all intakes'), $attribute_value
    ) AS cohort,
    day,
    at_risk,
    completed,
    withdrawn,
    withdrawal_incidence(share) AS withdrawal_share,
    greatest(0, share - 1.959963984540054 * error) AS ci_low,
    least(1, share + 1.959963984540054 * error) AS ci_high
FROM curve
ORDER BY day
