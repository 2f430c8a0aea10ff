-- title: Which rows are behind a step from one release to the other?
-- grain: one row per stream and country, the largest change first
-- param $metric VARCHAR: a metric that is kept row by row
-- param $from_release BIGINT: number of the old release
-- param $to_release BIGINT: number of the new release
-- param $step VARCHAR: new, back-dated, corrected, merged, removed or redefined, or NULL for all of them
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals; figures of no programme are the same for each
-- column step VARCHAR "Kind of change" words(change): kind of change
-- column told_by VARCHAR: partner who reported them, or the source
-- column programme VARCHAR: their programme, NULL where they belong to none
-- column country VARCHAR: country, or unknown
-- column rows_behind BIGINT: rows that changed
-- column value BIGINT: what they add to the figure; negative where they take away
SELECT
    step,
    told_by,
    programme,
    country,
    rows_behind,
    new_value - old_value AS value
FROM changed_figure
WHERE
    metric = $metric
    AND from_release = $from_release
    AND to_release = $to_release
    AND total_programme_id IN ('', coalesce($programme_id, 'all'))
    AND step <> 'unchanged'
    AND ($step IS NULL OR step = $step)
ORDER BY abs(new_value - old_value) DESC, step, told_by, programme, country
