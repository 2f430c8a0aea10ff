-- title: What differs between the figures of two releases, and why
-- grain: one row per metric, total, step, stream and country
-- column from_release BIGINT: number of the old release
-- column to_release BIGINT: number of the new release
-- column metric VARCHAR: metric
-- column total_programme_id VARCHAR: whose learners the figure counts: a programme, for_refugees or all; empty where it counts no learners
-- column about VARCHAR: learners where the rows are people, else organisations
-- column step VARCHAR: new, back-dated, corrected, merged, removed, redefined or unchanged
-- column stream VARCHAR: partner/programme, or a source that is not reported in streams
-- column told_by VARCHAR: name of the partner, or the source
-- column programme VARCHAR: name of the programme, NULL where there is none
-- column country VARCHAR: name of the country, or unknown
-- column rows_behind BIGINT: rows of the figure
-- column old_value BIGINT: what they add to the figure of the old release
-- column new_value BIGINT: what they add to the figure of the new release
WITH until AS (
    SELECT
        stream,
        max(r.told_until) AS told_until
    FROM old_fct_stream_report AS r
    GROUP BY stream
),

told AS (
    SELECT
        p.metric,
        p.total_programme_id,
        m.about,
        p.stream,
        p.partner_id,
        p.programme_id,
        p.country_iso3,
        coalesce(p.old_value, 0) AS old_value,
        coalesce(p.new_value, 0) AS new_value,
        -- Of a stream that is new, the old release had told until the day of its newest file for the metric.
        CASE
            WHEN coalesce(p.old_value, 0) = coalesce(p.new_value, 0) THEN 'unchanged'
            WHEN g.metric IS NOT NULL THEN 'merged'
            WHEN a.stream IS NOT NULL AND b.stream IS NOT NULL THEN 'redefined'
            WHEN p.new_value IS NULL THEN 'removed'
            WHEN p.happened_on > coalesce(t.told_until, m.told_until, p.happened_on - 1) THEN 'new'
            WHEN p.old_value IS NULL THEN 'back-dated'
            ELSE 'corrected'
        END AS step
    FROM int_row_pair AS p
    INNER JOIN int_metric AS m ON p.metric = m.metric
    LEFT JOIN int_merged_row AS g
        ON p.metric = g.metric AND p.total_programme_id = g.total_programme_id AND p.learner_key = g.learner_key AND p.item = g.item
    LEFT JOIN int_same_stream AS a ON coalesce(p.old_stream, p.new_stream) = a.stream
    LEFT JOIN int_same_stream AS b ON p.stream = b.stream
    LEFT JOIN until AS t ON p.stream = t.stream
)

SELECT
    f.number AS from_release,
    u.number AS to_release,
    t.metric,
    t.total_programme_id,
    t.about,
    t.step,
    t.stream,
    coalesce(n.partner, t.partner_id, t.stream) AS told_by,
    coalesce(n.programme, t.programme_id) AS programme,
    coalesce(c.country, t.country_iso3) AS country,
    count(*) AS rows_behind,
    cast(sum(t.old_value) AS bigint) AS old_value,
    cast(sum(t.new_value) AS bigint) AS new_value
FROM told AS t
CROSS JOIN old_release AS f
CROSS JOIN new_release AS u
LEFT JOIN int_stream_name AS n ON t.partner_id = n.partner_id AND t.programme_id = n.programme_id
LEFT JOIN new_dim_country AS c ON t.country_iso3 = c.country_iso3
GROUP BY
    f.number, u.number, t.metric, t.total_programme_id, t.about, t.step, t.stream,
    coalesce(n.partner, t.partner_id, t.stream), coalesce(n.programme, t.programme_id), coalesce(c.country, t.country_iso3)
ORDER BY metric, total_programme_id, step, stream, country
