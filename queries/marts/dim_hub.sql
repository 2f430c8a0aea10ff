-- title: Learning hubs, latest register
-- grain: one row per hub
-- column hub_id VARCHAR: the partner's stable id
-- column hub VARCHAR: name as shown
-- column country_iso3 VARCHAR: country
-- column country VARCHAR: UN short name in English
-- column region VARCHAR: M49 region
-- column latitude DOUBLE: of the city, degrees north
-- column longitude DOUBLE: of the city, degrees east
-- column host VARCHAR: who gives the space, NULL where not stated for this city
-- column host_type VARCHAR: embassy, American Space, campus, school, library, other place or not stated
-- column programme VARCHAR: programme the hub belongs to
-- column programme_id VARCHAR: its id, NULL where the reference has no programme of that name
-- column partner_id VARCHAR: who reports that programme, NULL where that is not known
-- column announced_on DATE: first named in public
-- column provenance VARCHAR: published, reported or demo
WITH latest AS (
    SELECT max(captured_on) AS latest_on
    FROM stg_hubs__register
)

SELECT
    h.hub_id,
    h.hub,
    h.country_iso3,
    c.country,
    c.region,
    h.latitude,
    h.longitude,
    h.host,
    h.host_type,
    h.programme,
    p.programme_id,
    p.partner_id,
    h.announced_on,
    h.provenance
FROM stg_hubs__register AS h
INNER JOIN latest ON h.captured_on = latest.latest_on
LEFT JOIN dim_country AS c ON h.country_iso3 = c.country_iso3
LEFT JOIN ref_programmes AS p ON h.programme = p.programme
ORDER BY h.hub_id
