-- title: How many sessions were held each month, at how many hubs?
-- grain: one row per month from the first session to the newest file, those without a session too
-- param $region VARCHAR: M49 region, or NULL for all
-- param $country_iso3
-- param $host_type
-- param $hub_id
-- column month DATE: first day of the month
-- column sessions BIGINT: sessions held
-- column hubs BIGINT: hubs that held them
-- column hours_held DOUBLE: hours of sessions whose length is stated
-- column facilitators_per_session DOUBLE: mean of sessions that state it
-- caveat: Sessions as hubs reported them: a month without a file has none.
WITH held AS (
    SELECT
        s.month,
        count(*) AS sessions,
        count(DISTINCT s.hub_id) AS hubs,
        sum(s.hours) AS hours_held,
        avg(s.facilitators) AS facilitators_per_session
    FROM fct_hub_session AS s
    INNER JOIN dim_hub AS h ON s.hub_id = h.hub_id
    WHERE
        s.kind <> 'closing'
        AND fragment.hub_filters(h)
    GROUP BY s.month
),

months AS (
    SELECT
        unnest(generate_series(min(h.month), date_trunc('month', (SELECT max(as_of_on) FROM fct_hub_session)), INTERVAL 1 MONTH))::date
            AS month
    FROM held AS h
)

SELECT
    m.month,
    coalesce(h.sessions, 0)::bigint AS sessions,
    coalesce(h.hubs, 0)::bigint AS hubs,
    coalesce(h.hours_held, 0) AS hours_held,
    h.facilitators_per_session
FROM months AS m
LEFT JOIN held AS h ON m.month = h.month
ORDER BY m.month
