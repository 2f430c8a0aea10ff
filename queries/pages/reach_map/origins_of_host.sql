-- title: Where do the refugees in one country come from?
-- grain: one row per origin, largest first
-- param $country_iso3 VARCHAR: country of asylum, ISO 3166 alpha-3
-- param $year
-- column origin_iso3 VARCHAR: ISO 3166 alpha-3, or UNK, XXA, TIB
-- column origin VARCHAR: UN short name, or UNHCR's words for unknown, stateless and Tibetan
-- column refugees BIGINT: refugees under UNHCR's mandate
-- column share_of_host DOUBLE: of all refugees in the country, 0 to 1
-- metric: refugees_hosted
WITH chosen_year AS (
    SELECT * FROM fragment.refugee_year
)

SELECT
    r.origin_iso3,
    r.origin,
    r.refugees,
    r.refugees::double / nullif(sum(r.refugees) OVER (), 0) AS share_of_host
FROM fct_refugees AS r
INNER JOIN chosen_year ON r.year = chosen_year.year
WHERE r.host_iso3 = $country_iso3 AND r.refugees > 0
ORDER BY r.refugees DESC, r.origin_iso3
