-- title: What does one capture of UNESCO's record cover?
-- grain: one row
-- param $as_captured_on
-- column captured_on DATE: day of the publisher's file
-- column first_date DATE: first day of the record
-- column last_observed_date DATE: last day that is not a plan
-- column last_date DATE: last day of the record, plans included
-- column territories BIGINT: territories with rows of their own, not counted as countries
-- column provenance VARCHAR: published or demo
WITH answering_capture AS (
    SELECT * FROM fragment.closure_capture
),

territory AS (
    SELECT count(DISTINCT s.country_iso3) AS territories
    FROM fct_school_status AS s
    INNER JOIN answering_capture ON s.captured_on = answering_capture.captured_on AND s.on_date = answering_capture.on_date
    WHERE s.is_territory
)

SELECT
    max(answering_capture.captured_on) AS captured_on,
    min(answering_capture.on_date) AS first_date,
    max(answering_capture.captured_on) AS last_observed_date,
    max(answering_capture.on_date) AS last_date,
    max(t.territories) AS territories,
    max(c.provenance) AS provenance
FROM answering_capture
INNER JOIN dim_closure_capture AS c ON answering_capture.captured_on = c.captured_on
CROSS JOIN territory AS t
HAVING count(*) > 0
ORDER BY captured_on
