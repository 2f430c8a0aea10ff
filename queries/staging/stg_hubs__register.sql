-- title: Learning hubs as their partners register them
-- grain: one row per capture and hub
-- column captured_on DATE: day of the register
-- column hub_id VARCHAR: the partner's stable id
-- column hub VARCHAR: name as shown
-- column country_iso3 VARCHAR: country
-- column latitude DOUBLE: of the city, degrees north
-- column longitude DOUBLE: of the city, degrees east
-- column host VARCHAR: who gives the space, NULL where not stated for this city
-- column host_type VARCHAR: embassy, American Space, campus, school, library, other place or not stated
-- column programme VARCHAR: programme the hub belongs to
-- column announced_on DATE: first named in public
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    hub_id,
    hub,
    country_iso3,
    latitude,
    longitude,
    host,
    host_type,
    programme,
    announced_on,
    provenance
FROM raw_hubs
ORDER BY captured_on, hub_id
