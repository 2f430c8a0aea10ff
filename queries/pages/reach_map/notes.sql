-- title: What does UNHCR note on the figures of one country and year?
-- grain: one row per note
-- param $country_iso3 VARCHAR: country of asylum, or NULL for none
-- param $origin_iso3 VARCHAR: country of origin, of which notes that name no country of asylum are given, or NULL for none
-- param $year
-- column year BIGINT: year of the figure
-- column about VARCHAR: whom the figure counts
-- column note VARCHAR: as UNHCR words it
WITH chosen_year AS (
    SELECT * FROM fragment.refugee_year
)

SELECT
    n.year,
    n.about,
    n.note
FROM fct_refugee_note AS n
INNER JOIN chosen_year ON n.year = chosen_year.year
WHERE n.host_iso3 = $country_iso3 OR (n.host_iso3 IS NULL AND n.origin_iso3 = $origin_iso3)
ORDER BY n.about, n.note
