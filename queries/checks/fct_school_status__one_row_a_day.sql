-- title: A country has one status a day in each capture.
SELECT
    captured_on,
    country_iso3,
    on_date,
    count(*) AS rows_found
FROM fct_school_status
GROUP BY captured_on, country_iso3, on_date
HAVING count(*) > 1
ORDER BY captured_on, country_iso3, on_date
LIMIT 100
