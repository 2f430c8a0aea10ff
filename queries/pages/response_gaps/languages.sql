-- title: Which official languages do countries with a record of closures have?
-- grain: one row per language
-- column language VARCHAR "Language code" code: ISO 639 code
-- column language_name VARCHAR: its English name
-- column countries BIGINT: monitored countries whose official language it is
SELECT
    l.language,
    l.language_name,
    count(*) AS countries
FROM dim_country_language AS l
INNER JOIN dim_country AS c ON l.country_iso3 = c.country_iso3 AND c.unesco_monitored
GROUP BY l.language, l.language_name
ORDER BY l.language
