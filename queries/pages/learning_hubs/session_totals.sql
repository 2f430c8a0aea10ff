-- title: How many sessions were held at hubs of the register, how long, led by how many?
-- grain: one row
-- param $region VARCHAR: M49 region, or NULL for all
-- param $country_iso3
-- param $host_type
-- param $hub_id
-- column sessions BIGINT: sessions held
-- column hubs BIGINT: hubs that held them
-- column hours_held DOUBLE: hours of sessions whose length is stated
-- column facilitators_per_session DOUBLE: mean of sessions that state it
-- column sessions_with_facilitator BIGINT: sessions led by at least one facilitator
-- column sessions_stating_facilitators BIGINT: sessions that state how many led them
-- column courses BIGINT: courses that sessions went with
-- column first_on DATE: day of the first
-- column last_on DATE: day of the last
-- column sessions_elsewhere BIGINT: sessions of hubs outside the register, for every choice; not included in the other columns
-- caveat: Sessions as hubs reported them: a hub that sent no file has none here.
SELECT
    count(*)::bigint AS sessions,
    count(DISTINCT s.hub_id)::bigint AS hubs,
    sum(s.hours) AS hours_held,
    avg(s.facilitators) AS facilitators_per_session,
    (count(*) FILTER (WHERE s.facilitators > 0))::bigint AS sessions_with_facilitator,
    count(s.facilitators)::bigint AS sessions_stating_facilitators,
    count(DISTINCT nullif(s.course, 'not stated'))::bigint AS courses,
    min(s.held_on) AS first_on,
    max(s.held_on) AS last_on,
    (SELECT count(*) FROM fct_hub_session AS o WHERE NOT o.is_on_register AND o.kind <> 'closing')::bigint AS sessions_elsewhere
FROM fct_hub_session AS s
INNER JOIN dim_hub AS h ON s.hub_id = h.hub_id
WHERE
    s.kind <> 'closing'
    AND fragment.hub_filters(h)
ORDER BY sessions
