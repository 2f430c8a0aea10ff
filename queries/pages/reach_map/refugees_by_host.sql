-- title: How many refugees does each country host?
-- grain: one row per country of asylum with a figure
-- param $year
-- column country_iso3 VARCHAR: ISO 3166 alpha-3, or UNK for an unknown country of asylum
-- column country VARCHAR: UN short name, or Unknown
-- column refugees BIGINT: refugees under UNHCR's mandate
-- metric: refugees_hosted
-- caveat: People under UNRWA's mandate, asylum-seekers and internally displaced people are not in this figure.
WITH chosen_year AS (
    SELECT * FROM fragment.refugee_year
)

SELECT
    r.host_iso3 AS country_iso3,
    r.host AS country,
    refugees_hosted(r.refugees) AS refugees
FROM fct_refugees AS r
INNER JOIN chosen_year ON r.year = chosen_year.year
GROUP BY r.host_iso3, r.host
HAVING sum(r.refugees) IS NOT NULL
ORDER BY refugees DESC, r.host_iso3
