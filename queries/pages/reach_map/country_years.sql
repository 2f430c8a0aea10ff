-- title: How many refugees and asylum-seekers has one country hosted at the end of each year?
-- grain: one row per year, latest first
-- param $country_iso3 VARCHAR: country of asylum, ISO 3166 alpha-3
-- column year BIGINT: counted at the end of this year
-- column refugees BIGINT: refugees under UNHCR's mandate, NULL where not known
-- column asylum_seekers BIGINT: people whose claim is pending, NULL where not known
-- column notes VARCHAR: what UNHCR notes on figures of the year, NULL where nothing
-- metric: refugees_hosted
-- caveat: Where there is a note, the figure may not be comparable with that of the year before.
WITH noted AS (
    SELECT
        year,
        string_agg(concat(about, ': ', note), ' ' ORDER BY about, note) AS notes
    FROM fct_refugee_note
    WHERE host_iso3 = $country_iso3
    GROUP BY year
)

SELECT
    r.year,
    refugees_hosted(r.refugees) AS refugees,
    sum(r.asylum_seekers)::bigint AS asylum_seekers,
    max(n.notes) AS notes
FROM fct_refugees AS r
LEFT JOIN noted AS n ON r.year = n.year
WHERE r.host_iso3 = $country_iso3
GROUP BY r.year
ORDER BY r.year DESC
