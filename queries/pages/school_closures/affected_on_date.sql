-- title: How many learners are affected on a day, by each of the three definitions?
-- grain: one row per definition
-- param $on_date DATE: the day asked about
-- param $as_captured_on DATE: the capture that was the latest on this day, or NULL for the latest of all
-- param $partial_weight DOUBLE: weight of a learner in a partially open country, 0 to 1
-- column definition VARCHAR: closed, weighted or disrupted
-- column learners_affected BIGINT: learners by that definition, NULL where the capture says nothing of the day
-- column share_affected DOUBLE: of all learners enrolled in the world, 0 to 1
-- column is_planned BOOLEAN: the day is later than the capture
-- metric: learners_affected
-- metric: learners_affected_weighted
-- metric: learners_disrupted
-- caveat: The past was revised between captures: the same day asked of another capture may give another figure.
WITH asked AS (
    SELECT max(captured_on) AS captured_on
    FROM dim_closure_capture
    WHERE $as_captured_on IS NULL OR captured_on <= $as_captured_on
),

world AS (
    SELECT sum(learners) AS learners
    FROM fct_enrolment_level
),

day AS (
    SELECT
        learners_affected(s.status, s.learners) AS closed,
        learners_affected_weighted(s.status, s.learners, coalesce($partial_weight, 0.5)) AS weighted,
        learners_disrupted(s.status, s.learners) AS disrupted,
        bool_or(s.is_planned) AS is_planned
    FROM fct_school_status AS s
    INNER JOIN asked ON s.captured_on = asked.captured_on
    WHERE s.on_date = $on_date AND NOT s.is_territory
)

SELECT
    d.definition,
    (CASE d.definition WHEN 'closed' THEN day.closed WHEN 'weighted' THEN day.weighted ELSE day.disrupted END)::bigint AS learners_affected,
    share_affected(
        CASE d.definition WHEN 'closed' THEN day.closed WHEN 'weighted' THEN day.weighted ELSE day.disrupted END, world.learners
    ) AS share_affected,
    coalesce(day.is_planned, FALSE) AS is_planned
FROM (VALUES ('closed', 1), ('weighted', 2), ('disrupted', 3)) AS d (definition, definition_order)
CROSS JOIN day
CROSS JOIN world
ORDER BY d.definition_order
