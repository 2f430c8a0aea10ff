-- title: Which learning hubs are there, and where?
-- grain: one row per hub
-- param $region VARCHAR: M49 region, or NULL for all
-- param $country_iso3
-- param $host_type
-- column hub_id VARCHAR: the partner's stable id
-- column hub VARCHAR: name as shown
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
-- column region VARCHAR: M49 region
-- column host VARCHAR: who gives the space, NULL where not stated for this city
-- column host_type VARCHAR: embassy, American Space, campus, school, library, other place or not stated
-- column programme VARCHAR: programme the hub belongs to
-- column announced_on DATE: first named in public
-- column latitude DOUBLE: of the city
-- column longitude DOUBLE: of the city
-- caveat: A hub on this register was named. It need not be active.
SELECT
    hub_id,
    hub,
    country_iso3,
    country,
    region,
    host,
    host_type,
    programme,
    announced_on,
    latitude,
    longitude
FROM dim_hub
WHERE
    ($region IS NULL OR region = $region)
    AND ($country_iso3 IS NULL OR country_iso3 = $country_iso3)
    AND ($host_type IS NULL OR host_type = $host_type)
ORDER BY country, hub, hub_id
