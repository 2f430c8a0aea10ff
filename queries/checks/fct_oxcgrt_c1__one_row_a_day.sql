-- title: A country has one Oxford level a day.
SELECT
    country_iso3,
    on_date,
    count(*) AS rows_found
FROM fct_oxcgrt_c1
GROUP BY country_iso3, on_date
HAVING count(*) > 1
ORDER BY country_iso3, on_date
LIMIT 100
