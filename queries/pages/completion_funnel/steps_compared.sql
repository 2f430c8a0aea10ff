-- title: How do the steps of one partner compare with the coalition's median partner?
-- grain: one row per step, in funnel order
-- param $partner_id VARCHAR: partner, or NULL for all
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- param $from_month DATE: first month of first registration, included, or NULL for all before
-- param $to_month DATE: last month of first registration, included, or NULL for all after
-- column step_order BIGINT: 1 for the first step
-- column step VARCHAR: step name, as shown
-- column learners BIGINT: distinct learners who reached the step
-- column share_of_first DOUBLE: learners / learners registered
-- column share_low DOUBLE: lower end of its 95 % interval
-- column share_high DOUBLE: upper end of its 95 % interval
-- column median_share DOUBLE: median of the same share over the other partners with at least 30 learners, NULL where fewer than 3 are
-- column other_partners BIGINT: partners behind the median
-- column median_days DOUBLE: median days since the step before, all months; NULL for the first step
-- metric: learners_registered = learners where step_order = 1
-- caveat: The median is over partners, each once. It is left out where fewer than three others have 30 learners or more.
WITH totals AS (
    SELECT
        partner_id,
        unnest([1, 2, 3, 4, 5, 6, 7])::bigint AS step_order,
        unnest([sum(registered), sum(enrolled), sum(started), sum(active), sum(completed), sum(credential), sum(recognised)])::bigint AS learners,
        sum(registered)::bigint AS registered
    FROM cube_funnel
    WHERE
        programme_id = coalesce($programme_id, 'all')
        AND attribute = 'all'
        AND fragment.registration_months()
    GROUP BY partner_id
),

others AS (
    SELECT
        step_order,
        count(*) AS partners,
        median(part_of(learners, registered)) AS median_share
    FROM totals
    WHERE partner_id <> 'all' AND partner_id <> coalesce($partner_id, 'all') AND registered >= 30
    GROUP BY step_order
)

SELECT
    t.step_order,
    ['Registered', 'Enrolled', 'Started', 'Active', 'Completed', 'Credential', 'Recognised'][t.step_order] AS step,
    t.learners,
    CASE WHEN t.step_order = 1 THEN t.learners::double / nullif(t.learners, 0) ELSE part_of(t.learners, t.registered) END AS share_of_first,
    wilson_low(t.learners, t.registered) AS share_low,
    wilson_high(t.learners, t.registered) AS share_high,
    CASE WHEN o.partners >= 3 THEN o.median_share END AS median_share,
    coalesce(o.partners, 0) AS other_partners,
    d.median_days
FROM totals AS t
LEFT JOIN others AS o ON t.step_order = o.step_order
LEFT JOIN cube_step_days AS d
    ON
        t.step_order = d.step_order
        AND fragment.learner_cell(d)
WHERE t.partner_id = coalesce($partner_id, 'all')
ORDER BY t.step_order
