-- title: Which countries can an offer name?
-- grain: one row per country or territory of the reference that is not historical
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
SELECT
    country_iso3,
    country
FROM dim_country
WHERE kind <> 'historical'
ORDER BY country
