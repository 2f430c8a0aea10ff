-- title: For which countries is the number of refugees known, zero, hidden or not known?
-- grain: one row per country or territory of the reference
-- param $year
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
-- column region VARCHAR: M49 region
-- column coverage VARCHAR: known, zero, hidden (1 to 4 people) or no_data
-- column size_class VARCHAR: no_data, hidden, zero, or the power of ten: below_1k, from_1k, from_10k, from_100k, from_1m
-- column refugees BIGINT: refugees under UNHCR's mandate; NULL where hidden or no data
-- column latitude DOUBLE: of a point within the country
-- column longitude DOUBLE: of a point within the country
-- column has_polygon BOOLEAN: drawn as an area at this scale, else as a point
-- metric: refugees_hosted
-- caveat: UNHCR rounds figures below 5, so none is hidden in its own file; the class stays apart from zero and from no data all the same.
WITH chosen_year AS (
    SELECT * FROM fragment.refugee_year
),

hosted AS (
    SELECT
        r.host_iso3,
        refugees_hosted(r.refugees) AS refugees
    FROM fct_refugees AS r
    INNER JOIN chosen_year ON r.year = chosen_year.year
    GROUP BY r.host_iso3
)

SELECT
    c.country_iso3,
    c.country,
    c.region,
    CASE
        WHEN h.refugees IS NULL THEN 'no_data'
        WHEN h.refugees = 0 THEN 'zero'
        WHEN h.refugees < 5 THEN 'hidden'
        ELSE 'known'
    END AS coverage,
    CASE
        WHEN h.refugees IS NULL THEN 'no_data'
        WHEN h.refugees = 0 THEN 'zero'
        WHEN h.refugees < 5 THEN 'hidden'
        WHEN h.refugees < 1000 THEN 'below_1k'
        WHEN h.refugees < 10000 THEN 'from_1k'
        WHEN h.refugees < 100000 THEN 'from_10k'
        WHEN h.refugees < 1000000 THEN 'from_100k'
        ELSE 'from_1m'
    END AS size_class,
    CASE WHEN h.refugees = 0 OR h.refugees >= 5 THEN h.refugees END AS refugees,
    c.latitude,
    c.longitude,
    c.has_polygon
FROM dim_country AS c
LEFT JOIN hosted AS h ON c.country_iso3 = h.host_iso3
WHERE c.kind <> 'historical'
ORDER BY refugees DESC NULLS LAST, c.country_iso3
