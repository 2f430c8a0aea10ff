-- title: Which captures of UNESCO's record are in this release?
-- grain: one row per capture, latest first
-- column captured_on DATE: day of the publisher's file
-- column first_date DATE: first day of the record
-- column last_date DATE: last day of the record, plans included
-- column provenance VARCHAR: published or demo
SELECT
    captured_on,
    first_date,
    last_date,
    provenance
FROM dim_closure_capture
ORDER BY captured_on DESC
