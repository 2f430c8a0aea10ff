-- title: For how many weeks were schools closed in each country?
-- grain: one row per country
-- param $from_date DATE: first day, included
-- param $to_date DATE: last day, included
-- param $as_captured_on DATE: the capture that was the latest on this day, or NULL for the one with most rows around each day
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
-- column weeks_closed BIGINT: closed country-wide
-- column weeks_partial BIGINT: partially open
-- column weeks_on_break BIGINT: on academic break
-- metric: weeks_in_status
-- caveat: Days later than the capture are plans and not counted. Against UNESCO's own workbook the weeks of March to August 2020 agree in 201 of 210 countries.
WITH answering_capture AS (
    SELECT * FROM fragment.closure_capture
)

SELECT
    s.country_iso3,
    c.country,
    weeks_in_status(count(*) FILTER (WHERE s.status = 'closed')) AS weeks_closed,
    weeks_in_status(count(*) FILTER (WHERE s.status = 'partial')) AS weeks_partial,
    weeks_in_status(count(*) FILTER (WHERE s.status = 'on_break')) AS weeks_on_break
FROM fct_school_status AS s
INNER JOIN answering_capture ON s.captured_on = answering_capture.captured_on AND s.on_date = answering_capture.on_date
INNER JOIN dim_country AS c ON s.country_iso3 = c.country_iso3
WHERE s.on_date BETWEEN $from_date AND $to_date AND NOT s.is_planned AND NOT s.is_territory
GROUP BY s.country_iso3, c.country
ORDER BY weeks_closed DESC, s.country_iso3
