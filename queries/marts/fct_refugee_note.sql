-- title: Notes to refugee figures, latest capture
-- grain: one row per note, year, origin, host and type of population
-- column year BIGINT: year of the figure
-- column origin_iso3 VARCHAR: origin, NULL where the note is about all
-- column host_iso3 VARCHAR: country of asylum, NULL where the note is about all
-- column about VARCHAR: whom the figure counts, with the origin where the note is about one
-- column note VARCHAR: as the publisher words it
-- column captured_on DATE: day of the publisher's file
-- column provenance VARCHAR: published or demo
WITH latest AS (
    SELECT max(captured_on) AS latest_on
    FROM stg_unhcr_footnotes__notes
)

SELECT
    n.year,
    n.origin_iso3,
    n.host_iso3,
    concat(
        CASE
            WHEN n.population_type IS NULL THEN 'All figures'
            WHEN n.population_type LIKE 'REF%' THEN 'Refugees'
            WHEN n.population_type LIKE 'ROC%' THEN 'People in a refugee-like situation'
            WHEN n.population_type LIKE 'ASY%' THEN 'Asylum-seekers'
            WHEN n.population_type LIKE 'IDP%' OR n.population_type LIKE 'IOC%' THEN 'Internally displaced people'
            WHEN n.population_type LIKE 'OIP%' THEN 'Other people in need of international protection'
            WHEN n.population_type LIKE 'STA%' THEN 'Stateless people'
            ELSE 'Other people'
        END,
        CASE WHEN o.country IS NULL THEN '' ELSE concat(', from ', o.country) END
    ) AS about,
    n.footnote AS note,
    n.captured_on,
    n.provenance
FROM stg_unhcr_footnotes__notes AS n
INNER JOIN latest ON n.captured_on = latest.latest_on
LEFT JOIN dim_country AS o ON n.origin_iso3 = o.country_iso3
ORDER BY n.year, n.host_iso3, n.origin_iso3, about, note
