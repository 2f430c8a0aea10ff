-- title: What share of learners at each step are women?
-- grain: one row per step, in funnel order
-- param $programme_id
-- column step_order BIGINT: 1 for the first step
-- column step VARCHAR: step name, as shown
-- column women BIGINT: learners whose sex is reported as female
-- column men BIGINT: learners whose sex is reported as male
-- column not_reported BIGINT: learners whose sex is not reported
-- column share_women DOUBLE: women / all whose sex is reported, 0 to 1
-- column share_low DOUBLE: lower end of its 95 % interval
-- column share_high DOUBLE: upper end of its 95 % interval
-- column share_not_reported DOUBLE: not reported / all, 0 to 1
-- metric: share_women
WITH sexes AS (
    SELECT
        attribute_value AS sex,
        sum(registered) AS registered,
        sum(enrolled) AS enrolled,
        sum(started) AS started,
        sum(active) AS active,
        sum(completed) AS completed,
        sum(credential) AS credential,
        sum(recognised) AS recognised
    FROM cube_funnel
    WHERE
        fragment.learner_cell_of_all()
        AND attribute = 'sex'
        AND month IS NULL
    GROUP BY attribute_value
),

steps AS (
    SELECT
        sex,
        unnest([1, 2, 3, 4, 5, 6, 7])::bigint AS step_order,
        unnest([registered, enrolled, started, active, completed, credential, recognised]) AS learners
    FROM sexes
),

counted AS (
    SELECT
        step_order,
        known(sum(learners) FILTER (WHERE sex = 'female'))::bigint AS women,
        known(sum(learners) FILTER (WHERE sex = 'male'))::bigint AS men,
        known(sum(learners) FILTER (WHERE sex = 'not reported'))::bigint AS not_reported,
        (
            known(sum(learners) FILTER (WHERE sex = 'female')) + known(sum(learners) FILTER (WHERE sex = 'male'))
            + coalesce(sum(learners) FILTER (WHERE sex = 'other'), 0)
        )::bigint AS reported
    FROM steps
    GROUP BY step_order
)

SELECT
    step_order,
    ['Registered', 'Enrolled', 'Started', 'Active', 'Completed', 'Credential', 'Recognised'][step_order] AS step,
    women,
    men,
    not_reported,
    share_women(women, reported) AS share_women,
    wilson_low(women, reported) AS share_low,
    wilson_high(women, reported) AS share_high,
    part_of(not_reported, reported + not_reported) AS share_not_reported
FROM counted
ORDER BY step_order
