-- title: Hubs of the region, country and type of host chosen, or the hub chosen
-- row: h.region, h.country_iso3, h.host_type, h.hub_id
-- param $region
-- param $country_iso3
-- param $host_type
-- param $hub_id
SELECT *
FROM given AS h
WHERE
    ($region IS NULL OR h.region = $region)
    AND ($country_iso3 IS NULL OR h.country_iso3 = $country_iso3)
    AND ($host_type IS NULL OR h.host_type = $host_type)
    AND ($hub_id IS NULL OR h.hub_id = $hub_id)
