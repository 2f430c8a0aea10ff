-- title: Which learning hubs are active, by the latest activity of each?
-- grain: one row per hub of the register
-- param $on_date DATE: day, or NULL for the day of the newest file
-- param $region VARCHAR: M49 region, or NULL for all
-- param $country_iso3
-- param $host_type
-- param $hub_id
-- column hub_id VARCHAR: the partner's stable id
-- column hub VARCHAR: name as shown
-- column country VARCHAR: UN short name
-- column status VARCHAR "Status" words(hub_status): active, dormant, unknown or closed
-- column last_session_on DATE: day of the last session
-- column last_learning_month DATE: month of the last learning event of one of its learners; a day would be one person's
-- column closed_on DATE: day on which a partner stated that it closed
-- column sessions BIGINT: sessions held until the day
-- column as_of_on DATE: the day that answers, NULL where no file has sessions or learners of hubs
-- column host VARCHAR: who gives the space, NULL where not stated for this city
-- column host_type VARCHAR: embassy, American Space, campus, school, library, other place or not stated
-- column programme VARCHAR: programme the hub belongs to
-- column announced_on DATE: first named in public
-- column latitude DOUBLE: of the city
-- column longitude DOUBLE: of the city
-- metric: hub_status
-- caveat: Activity is a session, or a learning event of a learner whom a partner registered at the hub.
WITH newest AS (
    SELECT * FROM fragment.hub_date
),

signs AS (
    SELECT
        d.hub_id,
        max(d.on_date) FILTER (WHERE d.kind <> 'closing') AS last_on,
        max(d.on_date) FILTER (WHERE d.kind = 'session') AS last_session_on,
        max(d.on_date) FILTER (WHERE d.kind = 'learner event') AS last_learning_on,
        max(d.on_date) FILTER (WHERE d.kind = 'closing') AS closed_on
    FROM fct_hub_day AS d
    INNER JOIN newest AS n ON d.on_date <= n.as_of_on
    GROUP BY d.hub_id
),

held AS (
    SELECT
        s.hub_id,
        count(*) AS sessions
    FROM fct_hub_session AS s
    INNER JOIN newest AS n ON s.held_on <= n.as_of_on
    WHERE s.kind <> 'closing'
    GROUP BY s.hub_id
)

SELECT
    h.hub_id,
    h.hub,
    h.country,
    hub_status(date_diff('day', s.last_on, n.as_of_on), s.closed_on, s.last_session_on) AS status,
    s.last_session_on,
    date_trunc('month', s.last_learning_on)::date AS last_learning_month,
    s.closed_on,
    coalesce(k.sessions, 0)::bigint AS sessions,
    n.as_of_on,
    h.host,
    h.host_type,
    h.programme,
    h.announced_on,
    h.latitude,
    h.longitude
FROM dim_hub AS h
CROSS JOIN newest AS n
LEFT JOIN signs AS s ON h.hub_id = s.hub_id
LEFT JOIN held AS k ON h.hub_id = k.hub_id
WHERE
    fragment.hub_filters(h)
ORDER BY h.country, h.hub, h.hub_id
