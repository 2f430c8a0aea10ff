-- title: Which figures can be compared between two releases?
-- grain: one row per metric that the viewer may see
-- param $from_release BIGINT: number of the old release
-- param $to_release BIGINT: number of the new release
-- column metric VARCHAR "Measure" code: its name
-- column about VARCHAR: learners where its rows are people, else organisations
-- column old_value BIGINT: the figure of the old release
-- column new_value BIGINT: the figure of the new release
-- column rows_behind BIGINT: rows that are not the same in both
SELECT
    metric,
    about,
    sum(old_value)::bigint AS old_value,
    sum(new_value)::bigint AS new_value,
    coalesce(sum(rows_behind) FILTER (WHERE step <> 'unchanged'), 0)::bigint AS rows_behind
FROM changed_figure
WHERE from_release = $from_release AND to_release = $to_release
GROUP BY metric, about
ORDER BY about, metric
