-- title: The Oxford tracker's C1 by country and day
-- grain: one row per capture, country and day with data
-- column captured_on DATE: day of the tracker's file
-- column country_iso3 VARCHAR: country
-- column on_date DATE: day
-- column c1 BIGINT: 0 no measure, 1 recommended, 2 required for some levels, 3 required for all
-- column provenance VARCHAR: published or demo
SELECT
    captured_on,
    country_iso3,
    on_date,
    c1,
    provenance
FROM raw_oxcgrt_c1
ORDER BY captured_on, country_iso3, on_date
