-- title: A year, an origin and a host have one row.
SELECT
    year,
    origin_iso3,
    host_iso3,
    count(*) AS rows_found
FROM fct_refugees
GROUP BY year, origin_iso3, host_iso3
HAVING count(*) > 1
ORDER BY year, origin_iso3, host_iso3
LIMIT 100
