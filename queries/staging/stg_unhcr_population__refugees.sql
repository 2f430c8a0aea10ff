-- title: Refugees by origin, host and year
-- grain: one row per capture, year, origin and host
-- column captured_on DATE: day of extraction
-- column year BIGINT: counted at the end of this year
-- column origin_iso3 VARCHAR: origin; UNK unknown, XXA stateless, TIB Tibetan
-- column host_iso3 VARCHAR: country of asylum
-- column refugees BIGINT: refugees under UNHCR's mandate, NULL where not applicable
-- column asylum_seekers BIGINT: people whose claim is pending, NULL where not applicable
-- column provenance VARCHAR: published or demo
SELECT
    captured_on,
    year,
    origin_iso3,
    host_iso3,
    refugees,
    asylum_seekers,
    provenance
FROM raw_unhcr_population
ORDER BY captured_on, year, origin_iso3, host_iso3
