-- title: How many learners reach each step, from registration to a credential recognised?
-- grain: one row per step, in funnel order
-- param $partner_id VARCHAR: partner, or NULL for all
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- param $country_host VARCHAR: country where learners live, ISO 3166 alpha-3 or unknown, or NULL for all
-- param $from_month DATE: first month of first registration, included, or NULL for all before
-- param $to_month DATE: last month of first registration, included, or NULL for all after
-- column step_order BIGINT: 1 for the first step
-- column step VARCHAR: step name, as shown
-- column learners BIGINT: distinct learners who reached the step
-- column share_of_previous DOUBLE: learners / learners at the previous step, NULL for the first
-- column share_of_first DOUBLE: learners / learners at the first step
-- metric: learners_registered = learners where step_order = 1
-- caveat: A step counts people, not enrolments. A learner belongs to the month of the first registration in what is asked, so months do not overlap.
WITH cells AS (
    SELECT
        known(sum(registered))::bigint AS registered,
        known(sum(enrolled))::bigint AS enrolled,
        known(sum(started))::bigint AS started,
        known(sum(active))::bigint AS active,
        known(sum(completed))::bigint AS completed,
        known(sum(credential))::bigint AS credential,
        known(sum(recognised))::bigint AS recognised
    FROM cube_funnel
    WHERE
        fragment.learner_cell()
        AND attribute = CASE WHEN $country_host IS NULL THEN 'all' ELSE 'country_host' END
        AND attribute_value = coalesce($country_host, 'all')
        AND fragment.registration_months()
),

steps AS (
    SELECT
        unnest([1, 2, 3, 4, 5, 6, 7])::bigint AS step_order,
        unnest(['Registered', 'Enrolled', 'Started', 'Active', 'Completed', 'Credential', 'Recognised']) AS step,
        unnest([registered, enrolled, started, active, completed, credential, recognised]) AS learners
    FROM cells
)

SELECT
    step_order,
    step,
    learners,
    part_of(learners, lag(learners) OVER (ORDER BY step_order)) AS share_of_previous,
    CASE
        WHEN step_order = 1 THEN learners::double / nullif(learners, 0)
        ELSE part_of(learners, first_value(learners) OVER (ORDER BY step_order))
    END AS share_of_first
FROM steps
ORDER BY step_order
