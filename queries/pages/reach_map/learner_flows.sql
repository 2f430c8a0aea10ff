-- title: Between which countries of origin and of residence are the most learners?
-- grain: one row per pair, largest first; at most 40
-- param $programme_id
-- param $country_iso3 VARCHAR: host or origin, or NULL for all
-- column origin_iso3 VARCHAR: ISO 3166 alpha-3
-- column origin VARCHAR: UN short name
-- column country_iso3 VARCHAR: host, ISO 3166 alpha-3
-- column country VARCHAR: UN short name of the host
-- column learners BIGINT: distinct learners reached
-- column origin_latitude DOUBLE: of a point in the origin
-- column origin_longitude DOUBLE: of a point in the origin
-- column latitude DOUBLE: of a point in the host
-- column longitude DOUBLE: of a point in the host
SELECT
    f.origin_iso3,
    o.country AS origin,
    f.host_iso3 AS country_iso3,
    h.country,
    f.learners,
    o.latitude AS origin_latitude,
    o.longitude AS origin_longitude,
    h.latitude,
    h.longitude
FROM cube_flow AS f
INNER JOIN dim_country AS o ON f.origin_iso3 = o.country_iso3
INNER JOIN dim_country AS h ON f.host_iso3 = h.country_iso3
WHERE
    fragment.learner_cell_of_all(f)
    AND f.origin_iso3 <> f.host_iso3
    AND ($country_iso3 IS NULL OR f.origin_iso3 = $country_iso3 OR f.host_iso3 = $country_iso3)
ORDER BY f.learners DESC, f.origin_iso3, f.host_iso3
LIMIT 40
