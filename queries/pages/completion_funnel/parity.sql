-- title: Do women and men who register reach each step alike?
-- grain: one row per step after the first, in funnel order
-- param $partner_id VARCHAR: partner, or NULL for all
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- column step_order BIGINT: 2 for Enrolled to 7 for Recognised
-- column step VARCHAR: step name, as shown
-- column women BIGINT: women who reached the step
-- column women_registered BIGINT: women registered, the base of their share
-- column share_of_women DOUBLE: women / women registered, 0 to 1
-- column men BIGINT: men who reached the step
-- column men_registered BIGINT: men registered, the base of their share
-- column share_of_men DOUBLE: men / men registered, 0 to 1
-- column gpia DOUBLE: gender parity index on these shares, NULL where it has no base
-- column is_parity BOOLEAN: from 0.97 to 1.03, NULL without an index
-- column not_reported BIGINT: learners registered whose sex is not reported
-- column share_not_reported DOUBLE: of all registered, 0 to 1
-- column why_none VARCHAR: too_few, not_reported or hidden where there is no index, else NULL
-- metric: gpia
-- metric: is_parity
WITH sexes AS (
    SELECT
        unnest([2, 3, 4, 5, 6, 7])::bigint AS step_order,
        attribute_value AS sex,
        registered,
        unnest([enrolled, started, active, completed, credential, recognised]) AS learners
    FROM cube_funnel
    WHERE
        fragment.learner_cell()
        AND attribute = 'sex'
        AND month IS NULL
),

counted AS (
    SELECT
        step_order,
        known(max(learners) FILTER (WHERE sex = 'female'))::bigint AS women,
        known(max(registered) FILTER (WHERE sex = 'female'))::bigint AS women_registered,
        known(max(learners) FILTER (WHERE sex = 'male'))::bigint AS men,
        known(max(registered) FILTER (WHERE sex = 'male'))::bigint AS men_registered,
        known(max(registered) FILTER (WHERE sex = 'not reported'))::bigint AS not_reported,
        sum(registered)::bigint AS registered
    FROM sexes
    GROUP BY step_order
),

rated AS (
    SELECT
        *,
        part_of(women, women_registered) AS share_of_women,
        part_of(men, men_registered) AS share_of_men,
        part_of(not_reported, registered) AS share_not_reported
    FROM counted
)

SELECT
    step_order,
    ['Registered', 'Enrolled', 'Started', 'Active', 'Completed', 'Credential', 'Recognised'][step_order] AS step,
    women,
    women_registered,
    share_of_women,
    men,
    men_registered,
    share_of_men,
    gpia(share_of_women, share_of_men, women_registered, men_registered, share_not_reported) AS gpia,
    is_parity(gpia(share_of_women, share_of_men, women_registered, men_registered, share_not_reported)) AS is_parity,
    not_reported,
    share_not_reported,
    CASE
        WHEN women_registered < 30 OR men_registered < 30 THEN 'too_few'
        WHEN share_not_reported > 0.2 THEN 'not_reported'
        WHEN gpia(share_of_women, share_of_men, women_registered, men_registered, share_not_reported) IS NULL THEN 'hidden'
    END AS why_none
FROM rated
ORDER BY step_order
