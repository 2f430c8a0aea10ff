-- title: How many hubs were announced, and how many of them are named on the register?
-- grain: one row
-- column hubs_announced BIGINT: as the launch stated, more than this many
-- column hubs_named BIGINT: on the register
-- column countries BIGINT: countries with a named hub
-- column hubs_with_known_host BIGINT: named hubs whose host is stated
-- metric: hubs_named
SELECT
    (SELECT max(f.value) FROM fct_published_figure AS f WHERE f.metric = 'hubs announced')::bigint AS hubs_announced,
    hubs_named(hub_id) AS hubs_named,
    count(DISTINCT country_iso3) AS countries,
    count(DISTINCT hub_id) FILTER (WHERE host IS NOT NULL) AS hubs_with_known_host
FROM dim_hub
ORDER BY hubs_named
