-- title: Which figures can be compared between two releases?
-- grain: one row per metric that the viewer may see
-- param $from_release BIGINT: number of the old release
-- param $to_release BIGINT: number of the new release
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals; figures of no programme are the same for each
-- column metric VARCHAR "Measure" code: its name
-- column about VARCHAR: learners where its rows are people, else organisations
-- column counted_programme_id VARCHAR: whose learners the figure counts: the programme, for_refugees, or all; NULL where it counts no learners, so that it is of no programme
-- column old_value BIGINT: the figure of the old release
-- column new_value BIGINT: the figure of the new release
-- column rows_behind BIGINT: rows that are not the same in both
-- metric: learners_registered = new_value where metric = learners_registered
-- metric: learners_reached = new_value where metric = learners_reached
-- metric: learners_with_credential = new_value where metric = learners_with_credential
-- metric: credentials = new_value where metric = credentials
-- metric: hubs_named = new_value where metric = hubs_named
-- metric: offers_live = new_value where metric = offers_live
-- metric: learners_contributed_direct = new_value where metric = learners_contributed_direct
-- caveat: Only stewards have figures of learners, whichever programmes they count. The others are of no programme.
SELECT
    metric,
    about,
    nullif(total_programme_id, '') AS counted_programme_id,
    sum(old_value)::bigint AS old_value,
    sum(new_value)::bigint AS new_value,
    coalesce(sum(rows_behind) FILTER (WHERE step <> 'unchanged'), 0)::bigint AS rows_behind
FROM changed_figure
WHERE from_release = $from_release AND to_release = $to_release AND total_programme_id IN ('', coalesce($programme_id, 'all'))
GROUP BY metric, about, total_programme_id
ORDER BY about, metric
