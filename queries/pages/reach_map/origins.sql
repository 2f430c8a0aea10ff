-- title: Where do refugees come from?
-- grain: one row per origin with refugees abroad
-- param $year
-- column origin_iso3 VARCHAR: ISO 3166 alpha-3, or UNK, XXA, TIB
-- column origin VARCHAR: UN short name, or UNHCR's words for unknown, stateless and Tibetan
-- column refugees BIGINT: refugees under UNHCR's mandate from there
-- metric: refugees_hosted
WITH chosen_year AS (
    SELECT * FROM fragment.refugee_year
)

SELECT
    r.origin_iso3,
    r.origin,
    refugees_hosted(r.refugees) AS refugees
FROM fct_refugees AS r
INNER JOIN chosen_year ON r.year = chosen_year.year
GROUP BY r.origin_iso3, r.origin
HAVING sum(r.refugees) > 0
ORDER BY refugees DESC, r.origin_iso3
