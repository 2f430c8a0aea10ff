-- title: What changed a figure between two releases?
-- grain: one row per step: the old figure, six kinds of change, the new figure
-- param $metric VARCHAR: a metric that is kept row by row, such as learners_registered
-- param $from_release BIGINT: number of the old release
-- param $to_release BIGINT: number of the new release
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals; figures of no programme are the same for each
-- column step_order BIGINT: 1 for the old figure, 8 for the new one
-- column step VARCHAR "Kind of change" words(change): old figure, the kind of change, or new figure
-- column value BIGINT "Figure or change": the figure, or what the change adds to it; negative where it takes away
-- caveat: New: events after the last day that the old release had data for. Back-dated: events before that day. Redefined: changes although every file is the same, by a new definition or reference table.
-- caveat: Corrected: the same row has another value. Merged: two keys turned out to be one person, or one key to be two. Removed: the files no longer contain the row.
WITH kinds AS (
    SELECT
        unnest([1, 2, 3, 4, 5, 6, 7, 8])::bigint AS step_order,
        unnest(
            ['old figure', 'new', 'back-dated', 'corrected', 'merged', 'removed', 'redefined', 'new figure']
        ) AS step
),

changed AS (
    SELECT
        step,
        old_value,
        new_value
    FROM changed_figure
    WHERE
        metric = $metric
        AND from_release = $from_release
        AND to_release = $to_release
        AND total_programme_id IN ('', coalesce($programme_id, 'all'))
)

SELECT
    k.step_order,
    k.step,
    CASE k.step_order
        WHEN 1 THEN sum(c.old_value)
        WHEN 8 THEN sum(c.new_value)
        ELSE coalesce(sum(c.new_value - c.old_value) FILTER (WHERE c.step = k.step), 0)
    END::bigint AS value
FROM kinds AS k
CROSS JOIN changed AS c
GROUP BY k.step_order, k.step
ORDER BY k.step_order
