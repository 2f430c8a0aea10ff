-- title: Figures row by row: the values of a metric's rows add up to its figure
-- grain: one row per metric, total, learner and item
-- column metric VARCHAR: a metric of queries/metrics
-- column learner_key VARCHAR: person whom the row is about, linked across partners; NULL where it is about nobody
-- column item VARCHAR: what is counted: a credential, a country, a hub, an activity, an offer; empty where the learner is
-- column value BIGINT: what the row adds to the figure
-- column happened_on DATE: day from which it counts
-- column stream VARCHAR: what told of it: partner/programme, or a source that is not reported in streams
-- column partner_id VARCHAR: who told of it, NULL where a publisher did
-- column programme_id VARCHAR: programme, NULL where it belongs to none
-- column country_iso3 VARCHAR: country, or unknown
-- column reported_on DATE: day of the file it stands on
-- column total_programme_id VARCHAR: the total that it counts in: a programme, for_refugees, or all but rehearsals; empty where it is about nobody, and so of no programme
WITH register AS (
    SELECT max(s.captured_on) AS captured_on
    FROM stg_hubs__register AS s
)

SELECT
    f.metric,
    f.learner_key,
    f.item,
    cast(1 AS bigint) AS value,
    f.happened_on,
    concat(f.partner_id, '/', f.programme_id) AS stream,
    f.partner_id,
    f.programme_id,
    coalesce(l.country_host, 'unknown') AS country_iso3,
    f.reported_on,
    f.total_programme_id
FROM int_figure_learner AS f
LEFT JOIN int_learner AS l ON f.learner_key = l.learner_key AND l.partner_id = 'all'
UNION ALL
SELECT
    'learners_affected' AS metric,
    cast(NULL AS varchar) AS learner_key,
    country_iso3 AS item,
    value,
    happened_on,
    'unesco_closures' AS stream,
    cast(NULL AS varchar) AS partner_id,
    cast(NULL AS varchar) AS programme_id,
    country_iso3,
    reported_on,
    '' AS total_programme_id
FROM int_figure_closure
UNION ALL
SELECT
    'hubs_named' AS metric,
    cast(NULL AS varchar) AS learner_key,
    h.hub_id AS item,
    cast(1 AS bigint) AS value,
    coalesce(h.announced_on, r.captured_on) AS happened_on,
    'hubs' AS stream,
    cast(NULL AS varchar) AS partner_id,
    cast(NULL AS varchar) AS programme_id,
    coalesce(h.country_iso3, 'unknown') AS country_iso3,
    r.captured_on AS reported_on,
    '' AS total_programme_id
FROM dim_hub AS h
CROSS JOIN register AS r
UNION ALL
SELECT
    metric,
    cast(NULL AS varchar) AS learner_key,
    item,
    value,
    happened_on,
    stream,
    cast(NULL AS varchar) AS partner_id,
    cast(NULL AS varchar) AS programme_id,
    country_iso3,
    reported_on,
    '' AS total_programme_id
FROM int_figure_coalition
ORDER BY metric, total_programme_id, item, learner_key
