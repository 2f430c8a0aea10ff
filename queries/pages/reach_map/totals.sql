-- title: How many refugees are hosted in the world at the end of a year?
-- grain: one row
-- param $year BIGINT: end of this year, or NULL for the latest
-- column year BIGINT: the year that answers
-- column captured_on DATE: day on which UNHCR's file was extracted
-- column refugees BIGINT: refugees under UNHCR's mandate
-- column hosts BIGINT: countries that host at least one; an unknown country of asylum is none of them
-- column origins BIGINT: origins with at least one refugee abroad, unknown and stateless not counted
-- column refugees_of_unknown_origin BIGINT: refugees whose origin is unknown or who are stateless
-- column refugees_in_unknown_country BIGINT: refugees whose country of asylum is unknown: in the total, on no map
-- metric: refugees_hosted = refugees
-- caveat: People under UNRWA's mandate, asylum-seekers and internally displaced people are not in this figure.
WITH chosen_year AS (
    SELECT * FROM fragment.refugee_year
)

SELECT
    max(chosen_year.year)::bigint AS year,
    max(r.captured_on) AS captured_on,
    refugees_hosted(r.refugees) AS refugees,
    count(DISTINCT r.host_iso3) FILTER (WHERE r.refugees > 0 AND r.host_is_country) AS hosts,
    count(DISTINCT r.origin_iso3) FILTER (WHERE r.refugees > 0 AND r.origin_iso3 NOT IN ('UNK', 'XXA')) AS origins,
    coalesce(sum(r.refugees) FILTER (WHERE r.origin_iso3 IN ('UNK', 'XXA')), 0)::bigint AS refugees_of_unknown_origin,
    coalesce(sum(r.refugees) FILTER (WHERE NOT r.host_is_country), 0)::bigint AS refugees_in_unknown_country
FROM fct_refugees AS r
INNER JOIN chosen_year ON r.year = chosen_year.year
ORDER BY year
