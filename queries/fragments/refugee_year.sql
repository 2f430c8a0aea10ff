-- title: The year of refugee figures asked about, or the latest
-- param $year
-- column year BIGINT: the year
SELECT coalesce($year, max(year)) AS year
FROM fct_refugees
