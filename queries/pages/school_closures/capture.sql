-- title: What does one capture of UNESCO's record cover?
-- grain: one row
-- param $as_captured_on DATE: the capture that was the latest on this day, or NULL for the latest of all
-- column captured_on DATE: day on which the publisher's file stood so
-- column first_date DATE: first day of the record
-- column last_observed_date DATE: last day that is not a plan
-- column last_date DATE: last day of the record, plans included
-- column territories BIGINT: territories with rows of their own, not counted as countries
-- column provenance VARCHAR: published or demo
SELECT
    c.captured_on,
    c.first_date,
    c.captured_on AS last_observed_date,
    c.last_date,
    (
        SELECT count(DISTINCT s.country_iso3)
        FROM fct_school_status AS s
        WHERE s.captured_on = c.captured_on AND s.is_territory
    ) AS territories,
    c.provenance
FROM dim_closure_capture AS c
WHERE $as_captured_on IS NULL OR c.captured_on <= $as_captured_on
ORDER BY c.captured_on DESC
LIMIT 1
