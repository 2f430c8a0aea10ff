-- title: How do the steps differ by one attribute of learners?
-- grain: one row per value of the attribute and step
-- param $attribute VARCHAR: sex, age_band, education or country_host
-- param $partner_id
-- param $programme_id
-- param $from_month DATE: first month of first registration, included, or NULL for all before
-- param $to_month DATE: last month of first registration, included, or NULL for all after
-- column attribute_value VARCHAR: value, not reported and unknown among them
-- column step_order BIGINT: 1 for the first step
-- column step VARCHAR: step name, as shown
-- column learners BIGINT: distinct learners who reached the step
-- column share_of_first DOUBLE: learners / learners registered of this value
-- column share_low DOUBLE: lower end of its 95 % interval
-- column share_high DOUBLE: upper end of its 95 % interval
-- column is_small BOOLEAN: fewer than 30 registered, so not to be ranked
-- metric: learners_registered
-- caveat: Values with fewer than 30 learners are shown, not ranked. Of countries the ten with the most learners are shown.
WITH totals AS (
    SELECT
        attribute_value,
        unnest([1, 2, 3, 4, 5, 6, 7])::bigint AS step_order,
        unnest([sum(registered), sum(enrolled), sum(started), sum(active), sum(completed), sum(credential), sum(recognised)])::bigint AS learners,
        sum(registered)::bigint AS registered,
        row_number() OVER (ORDER BY sum(registered) DESC, attribute_value) AS size_rank
    FROM cube_funnel
    WHERE
        fragment.learner_cell()
        AND attribute = $attribute
        AND fragment.registration_months()
    GROUP BY attribute_value
)

SELECT
    attribute_value,
    step_order,
    ['Registered', 'Enrolled', 'Started', 'Active', 'Completed', 'Credential', 'Recognised'][step_order] AS step,
    learners,
    CASE WHEN step_order = 1 THEN learners::double / nullif(learners, 0) ELSE part_of(learners, registered) END AS share_of_first,
    wilson_low(learners, registered) AS share_low,
    wilson_high(learners, registered) AS share_high,
    registered < 30 AS is_small
FROM totals
WHERE size_rank <= 10
ORDER BY registered DESC, attribute_value, step_order
