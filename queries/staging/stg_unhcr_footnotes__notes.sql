-- title: Notes to UNHCR's figures
-- grain: one row per capture, note, year, origin, host and type of population
-- column captured_on DATE: day of the publisher's file
-- column year BIGINT: year of the figure
-- column origin_iso3 VARCHAR: origin, NULL where the note is about all
-- column host_iso3 VARCHAR: country of asylum, NULL where the note is about all
-- column population_type VARCHAR: UNHCR's code, NULL where the note is about all
-- column footnote VARCHAR: the note, as the publisher words it
-- column provenance VARCHAR: published or demo
SELECT
    captured_on,
    year,
    origin_iso3,
    host_iso3,
    population_type,
    footnote,
    provenance
FROM raw_unhcr_footnotes
ORDER BY captured_on, year, host_iso3, origin_iso3, population_type, footnote
