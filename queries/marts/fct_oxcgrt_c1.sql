-- title: The Oxford tracker's C1 by country and day, latest capture
-- grain: one row per country and day with data
-- column country_iso3 VARCHAR: country
-- column on_date DATE: day
-- column c1 BIGINT: 0 no measure, 1 recommended, 2 required for some levels, 3 required for all
-- column provenance VARCHAR: published or demo
WITH latest AS (
    SELECT max(captured_on) AS latest_on
    FROM stg_oxcgrt_c1__days
)

SELECT
    d.country_iso3,
    d.on_date,
    d.c1,
    d.provenance
FROM stg_oxcgrt_c1__days AS d
INNER JOIN latest ON d.captured_on = latest.latest_on
ORDER BY d.on_date, d.country_iso3
