-- title: UNESCO's record of school closures, as captured
-- grain: one row per capture, country and day that has a row in the file; rows are not days
-- column captured_on DATE: day on which the publisher's file stood so
-- column country_iso3 VARCHAR: country the row is about
-- column on_date DATE: day from which the status holds
-- column status VARCHAR: closed, partial, on_break or open
-- column provenance VARCHAR: published or demo
SELECT
    captured_on,
    country_iso3,
    on_date,
    status,
    provenance
FROM raw_unesco_closures
ORDER BY captured_on, country_iso3, on_date
