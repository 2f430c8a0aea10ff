-- title: How many learners are affected on a day, by each of the three definitions?
-- grain: one row per definition
-- param $on_date DATE: the day asked about
-- param $as_captured_on DATE: the capture that was the latest on this day, or NULL for the one with most rows around each day
-- param $partial_weight DOUBLE: weight of a learner in a partially open country, 0 to 1, or NULL for 0.5
-- column definition VARCHAR: closed, weighted or disrupted
-- column learners_affected BIGINT: learners by that definition, NULL where the capture has no data for the day
-- column share_affected DOUBLE: of all learners enrolled in the world, 0 to 1
-- column is_planned BOOLEAN: the day is later than the capture
-- metric: learners_affected = learners_affected where definition = closed
-- metric: learners_affected_weighted = learners_affected where definition = weighted
-- metric: learners_disrupted = learners_affected where definition = disrupted
-- metric: share_affected = share_affected where definition = closed
-- caveat: The past was revised between captures: the same day asked of another capture may give another figure.
WITH answering_capture AS (
    SELECT
        max(r.captured_on) FILTER (WHERE r.on_date = $on_date) AS captured_on,
        max(k.learners_total) AS learners_total
    FROM fct_school_record AS r
    INNER JOIN dim_closure_capture AS k ON r.captured_on = k.captured_on
    WHERE capture_answers(r.asked_from, r.asked_before, $as_captured_on)
),

day AS (
    SELECT
        [
            learners_affected(d.learners_closed),
            learners_affected_weighted(d.learners_closed, d.learners_partial, coalesce($partial_weight, 0.5)),
            learners_disrupted(d.learners_closed, d.learners_partial)
        ] AS learners,
        answering_capture.learners_total,
        coalesce(d.is_planned, FALSE) AS is_planned
    FROM answering_capture
    LEFT JOIN fct_school_day AS d ON answering_capture.captured_on = d.captured_on AND d.on_date = $on_date
)

SELECT
    unnest(['closed', 'weighted', 'disrupted']) AS definition,
    unnest(learners) AS learners_affected,
    share_affected(unnest(learners), learners_total) AS share_affected,
    is_planned
FROM day
ORDER BY list_position(['closed', 'weighted', 'disrupted'], definition)
