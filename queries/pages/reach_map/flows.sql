-- title: To which countries have refugees of one origin gone?
-- grain: one row per country of asylum with refugees of the origin
-- param $origin_iso3
-- param $year
-- column origin_iso3 VARCHAR: the origin asked about
-- column country_iso3 VARCHAR: country of asylum, or UNK where it is unknown
-- column country VARCHAR: UN short name of the country of asylum, or Unknown
-- column refugees BIGINT: refugees under UNHCR's mandate
-- column share_of_origin DOUBLE: of all refugees of the origin, 0 to 1
-- column origin_latitude DOUBLE: of a point in the origin, NULL for unknown and stateless
-- column origin_longitude DOUBLE: of a point in the origin, NULL for unknown and stateless
-- column latitude DOUBLE: of a point in the country of asylum, NULL where it is unknown
-- column longitude DOUBLE: of a point in the country of asylum, NULL where it is unknown
-- column is_drawn BOOLEAN: among the 30 largest, which the map draws
-- metric: refugees_hosted
WITH chosen_year AS (
    SELECT * FROM fragment.refugee_year
)

SELECT
    r.origin_iso3,
    r.host_iso3 AS country_iso3,
    r.host AS country,
    r.refugees,
    r.refugees::double / nullif(sum(r.refugees) OVER (), 0) AS share_of_origin,
    o.latitude AS origin_latitude,
    o.longitude AS origin_longitude,
    h.latitude,
    h.longitude,
    r.host_is_country
    AND row_number() OVER (PARTITION BY r.host_is_country ORDER BY r.refugees DESC, r.host_iso3) <= 30 AS is_drawn
FROM fct_refugees AS r
INNER JOIN chosen_year ON r.year = chosen_year.year
LEFT JOIN dim_country AS h ON r.host_iso3 = h.country_iso3
LEFT JOIN dim_country AS o ON r.origin_iso3 = o.country_iso3
WHERE r.origin_iso3 = $origin_iso3 AND r.refugees > 0 AND r.origin_iso3 <> r.host_iso3
ORDER BY r.refugees DESC, r.host_iso3
