-- title: Every status belongs to a country of the reference.
SELECT DISTINCT s.country_iso3
FROM fct_school_status AS s
LEFT JOIN dim_country AS c ON s.country_iso3 = c.country_iso3
WHERE c.country_iso3 IS NULL
ORDER BY s.country_iso3
