-- title: What is the status of schools in each country on a day?
-- grain: one row per country with a status on the day
-- param $on_date
-- param $as_captured_on
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
-- column status VARCHAR: closed, partial, on_break or open
-- column learners BIGINT: learners enrolled in the country, NULL where not available
-- caveat: The past was revised between captures: the same day asked of another capture may give another figure.
WITH answering_capture AS (
    SELECT * FROM fragment.closure_capture
)

SELECT
    s.country_iso3,
    c.country,
    s.status,
    s.learners
FROM fct_school_status AS s
INNER JOIN answering_capture ON s.captured_on = answering_capture.captured_on AND s.on_date = answering_capture.on_date
INNER JOIN dim_country AS c ON s.country_iso3 = c.country_iso3
WHERE s.on_date = $on_date AND NOT s.is_territory
ORDER BY s.country_iso3
