-- title: Which territories have a status of their own on a day, beside the countries counted?
-- grain: one row per territory with a status on the day
-- param $on_date
-- param $as_captured_on
-- column territory VARCHAR: UN short name
-- column status VARCHAR: closed, partial, on_break or open
-- caveat: UNESCO listed Hong Kong and Macao under China's code until April 2020; China's own row counts as the country.
WITH answering_capture AS (
    SELECT * FROM fragment.closure_capture
)

SELECT
    c.country AS territory,
    s.status
FROM fct_school_status AS s
INNER JOIN answering_capture ON s.captured_on = answering_capture.captured_on AND s.on_date = answering_capture.on_date
INNER JOIN dim_country AS c ON s.country_iso3 = c.country_iso3
WHERE s.on_date = $on_date AND s.is_territory
ORDER BY c.country
