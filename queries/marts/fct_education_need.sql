-- title: People in need of education in a country, as lists state them place by place
-- grain: one row per country and audience for which people in need are stated
-- column country_iso3 VARCHAR: where: the country
-- column country VARCHAR: UN short name
-- column region VARCHAR: M49 region
-- column sub_region VARCHAR: M49 sub-region, or intermediate region where there is one
-- column audience VARCHAR: learners, teachers, parents, institutions or not stated
-- column people_in_need BIGINT: of each place what the lists state for it or the sum of its places, whichever is larger; of several lists the largest
-- column told_on DATE: day of the newest list that states it
-- column provenance VARCHAR: published, reported or demo
WITH place AS (
    -- Several activities in a place state the same people.
    SELECT
        reported_by,
        country_iso3,
        audience,
        place1,
        place2,
        place3,
        max(people_in_need) AS people_in_need,
        max(captured_on) AS told_on,
        min(provenance) AS provenance
    FROM int_activity_row
    WHERE is_education AND people_in_need IS NOT NULL
    GROUP BY reported_by, country_iso3, audience, place1, place2, place3
),

district AS (
    SELECT
        reported_by,
        country_iso3,
        audience,
        place1,
        place2,
        greatest(coalesce(max(CASE WHEN place3 = '' THEN people_in_need END), 0), coalesce(sum(CASE WHEN place3 <> '' THEN people_in_need END), 0)) AS people_in_need,
        max(told_on) AS told_on,
        min(provenance) AS provenance
    FROM place
    GROUP BY reported_by, country_iso3, audience, place1, place2
),

province AS (
    SELECT
        reported_by,
        country_iso3,
        audience,
        place1,
        greatest(coalesce(max(CASE WHEN place2 = '' THEN people_in_need END), 0), coalesce(sum(CASE WHEN place2 <> '' THEN people_in_need END), 0)) AS people_in_need,
        max(told_on) AS told_on,
        min(provenance) AS provenance
    FROM district
    GROUP BY reported_by, country_iso3, audience, place1
),

listed AS (
    SELECT
        reported_by,
        country_iso3,
        audience,
        greatest(coalesce(max(CASE WHEN place1 = '' THEN people_in_need END), 0), coalesce(sum(CASE WHEN place1 <> '' THEN people_in_need END), 0)) AS people_in_need,
        max(told_on) AS told_on,
        min(provenance) AS provenance
    FROM province
    GROUP BY reported_by, country_iso3, audience
)

SELECT
    t.country_iso3,
    c.country,
    c.region,
    c.sub_region,
    t.audience,
    cast(max(t.people_in_need) AS bigint) AS people_in_need,
    max(t.told_on) AS told_on,
    min(t.provenance) AS provenance
FROM listed AS t
LEFT JOIN dim_country AS c ON t.country_iso3 = c.country_iso3
GROUP BY t.country_iso3, c.country, c.region, c.sub_region, t.audience
ORDER BY t.country_iso3, t.audience
