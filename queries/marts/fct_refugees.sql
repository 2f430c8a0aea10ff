-- title: Refugees by origin, host and year, latest capture
-- grain: one row per year, origin and host
-- column captured_on DATE: day of extraction
-- column year BIGINT: counted at the end of this year
-- column origin_iso3 VARCHAR: origin; UNK unknown, XXA stateless, TIB Tibetan
-- column origin VARCHAR: UN short name, or UNHCR's words for unknown, stateless and Tibetan
-- column host_iso3 VARCHAR: country of asylum; UNK unknown
-- column host VARCHAR: UN short name, or UNHCR's words
-- column host_is_country BOOLEAN: no for an unknown host, which is in every total and on no map
-- column refugees BIGINT: refugees under UNHCR's mandate, NULL where not applicable or not shown
-- column asylum_seekers BIGINT: people whose claim is pending, NULL where not applicable or not shown
-- column provenance VARCHAR: published or demo
WITH latest AS (
    SELECT max(captured_on) AS latest_on
    FROM stg_unhcr_population__refugees
)

SELECT
    r.captured_on,
    r.year,
    r.origin_iso3,
    coalesce(
        o.country,
        CASE r.origin_iso3 WHEN 'UNK' THEN 'Unknown' WHEN 'XXA' THEN 'Stateless' WHEN 'TIB' THEN 'Tibetan' ELSE r.origin_iso3 END
    ) AS origin,
    r.host_iso3,
    coalesce(
        h.country,
        CASE r.host_iso3 WHEN 'UNK' THEN 'Unknown' WHEN 'XXA' THEN 'Stateless' WHEN 'TIB' THEN 'Tibetan' ELSE r.host_iso3 END
    ) AS host,
    h.country_iso3 IS NOT NULL AS host_is_country,
    r.refugees,
    r.asylum_seekers,
    r.provenance
FROM stg_unhcr_population__refugees AS r
INNER JOIN latest ON r.captured_on = latest.latest_on
LEFT JOIN dim_country AS o ON r.origin_iso3 = o.country_iso3
LEFT JOIN dim_country AS h ON r.host_iso3 = h.country_iso3
ORDER BY r.year, r.host_iso3, r.origin_iso3
