-- title: Which countries are too small for the map's polygons, and where do they lie?
-- grain: one row per country or territory drawn as a point
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column latitude DOUBLE: of a point within
-- column longitude DOUBLE: of a point within
SELECT
    country_iso3,
    latitude,
    longitude
FROM dim_country
WHERE NOT has_polygon AND latitude IS NOT NULL
ORDER BY country_iso3
