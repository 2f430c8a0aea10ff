-- title: Rows of figures of two releases side by side, also those that only one of them has
-- grain: one row per metric, total, learner and item
-- column metric VARCHAR: metric
-- column total_programme_id VARCHAR: a programme, for_refugees or all; empty where the row is about nobody
-- column learner_key VARCHAR: learner, or empty where the row is about nobody
-- column item VARCHAR: what is counted
-- column old_value BIGINT: NULL where the old release does not have the row
-- column new_value BIGINT: NULL where the new release does not have the row
-- column happened_on DATE: day from which it counts, as the new release has it
-- column old_stream VARCHAR: what told of it in the old release
-- column new_stream VARCHAR: what tells of it in the new release
-- column stream VARCHAR: of the two, that of the new release if it has the row
-- column partner_id VARCHAR: of that stream
-- column programme_id VARCHAR: of that stream
-- column country_iso3 VARCHAR: country, or unknown
SELECT
    coalesce(n.metric, o.metric) AS metric,
    coalesce(n.total_programme_id, o.total_programme_id) AS total_programme_id,
    coalesce(n.learner_key, o.learner_key, '') AS learner_key,
    coalesce(n.item, o.item) AS item,
    o.value AS old_value,
    n.value AS new_value,
    n.happened_on,
    o.stream AS old_stream,
    n.stream AS new_stream,
    coalesce(n.stream, o.stream) AS stream,
    CASE WHEN n.metric IS NULL THEN o.partner_id ELSE n.partner_id END AS partner_id,
    CASE WHEN n.metric IS NULL THEN o.programme_id ELSE n.programme_id END AS programme_id,
    coalesce(n.country_iso3, o.country_iso3) AS country_iso3
FROM old_fct_figure_row AS o
FULL OUTER JOIN new_fct_figure_row AS n
    ON
        o.metric = n.metric
        AND o.total_programme_id = n.total_programme_id
        AND coalesce(o.learner_key, '') = coalesce(n.learner_key, '')
        AND o.item = n.item
ORDER BY metric, total_programme_id, learner_key, item
