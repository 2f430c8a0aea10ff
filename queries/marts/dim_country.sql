-- title: Countries and territories with codes, names, region, income and a point
-- grain: one row per ISO 3166 alpha-3 code (and XKX, ANT)
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column m49 VARCHAR: UN M49
-- column country VARCHAR: UN short name in English
-- column name_fr VARCHAR: in French
-- column name_es VARCHAR: in Spanish
-- column name_ru VARCHAR: in Russian
-- column name_zh VARCHAR: in Chinese
-- column name_ar VARCHAR: in Arabic
-- column kind VARCHAR: country, territory or historical
-- column region VARCHAR: M49 region
-- column sub_region VARCHAR: M49 sub-region, or intermediate region where there is one
-- column income VARCHAR: World Bank income level, NULL where not classified
-- column latitude DOUBLE: of a point within, degrees north
-- column longitude DOUBLE: of a point within, degrees east
-- column unesco_monitored BOOLEAN: among the 210 whose schools UNESCO's closure record follows
-- column has_polygon BOOLEAN: drawn at the scale of 1 to 110 million; else as a point
SELECT
    iso3 AS country_iso3,
    m49,
    name_en AS country,
    name_fr,
    name_es,
    name_ru,
    name_zh,
    name_ar,
    kind,
    region,
    sub_region,
    income,
    latitude,
    longitude,
    unesco_monitored,
    has_polygon_110m AS has_polygon
FROM ref_countries
ORDER BY country_iso3
