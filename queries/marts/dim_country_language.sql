-- title: Official languages of countries
-- grain: one row per country and language
-- column country_iso3 VARCHAR: country
-- column language VARCHAR: ISO 639 code; official, or official in fact
-- column language_name VARCHAR: its English name
SELECT
    l.iso3 AS country_iso3,
    l.language,
    n.name_en AS language_name
FROM ref_languages_by_country AS l
INNER JOIN ref_languages AS n ON l.language = n.language
ORDER BY country_iso3, l.language
