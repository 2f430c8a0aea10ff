-- title: Refugees by origin, host and year, latest capture
-- grain: one row per year, origin and host
-- column captured_on DATE: day of extraction
-- column year BIGINT: counted at the end of this year
-- column origin_iso3 VARCHAR: origin; UNK unknown, XXA stateless, TIB Tibetan
-- column host_iso3 VARCHAR: country of asylum
-- column refugees BIGINT: refugees under UNHCR's mandate, NULL where not applicable
-- column asylum_seekers BIGINT: people whose claim is pending, NULL where not applicable
-- column provenance VARCHAR: published or demo
WITH latest AS (
    SELECT max(captured_on) AS latest_on
    FROM stg_unhcr_population__refugees
)

SELECT
    r.captured_on,
    r.year,
    r.origin_iso3,
    r.host_iso3,
    r.refugees,
    r.asylum_seekers,
    r.provenance
FROM stg_unhcr_population__refugees AS r
INNER JOIN latest ON r.captured_on = latest.latest_on
ORDER BY r.year, r.host_iso3, r.origin_iso3
