-- title: People in need of education in a country, as lists state them place by place
-- grain: one row per country and audience for which people in need are stated
-- column country_iso3 VARCHAR: where: the country
-- column country VARCHAR: UN short name
-- column region VARCHAR: M49 region
-- column sub_region VARCHAR: M49 sub-region, or intermediate region where there is one
-- column audience VARCHAR: learners, teachers, parents, institutions or not stated
-- column people_in_need BIGINT: of each place what the lists state for it or the sum of its places, whichever is larger; of several lists the largest
-- column told_on DATE: day of the newest list that states it
-- column from_on DATE: first day that the rows which state it are for; the day of their list where they state none
-- column until_on DATE: last day that they are for, likewise
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
        max(people_in_need) AS in_place3,
        max(captured_on) AS day3,
        min(provenance) AS kind3
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
        greatest(coalesce(max(CASE WHEN place3 = '' THEN in_place3 END), 0), coalesce(sum(CASE WHEN place3 <> '' THEN in_place3 END), 0)) AS in_place2,
        max(day3) AS day2,
        min(kind3) AS kind2
    FROM place
    GROUP BY reported_by, country_iso3, audience, place1, place2
),

province AS (
    SELECT
        reported_by,
        country_iso3,
        audience,
        place1,
        greatest(coalesce(max(CASE WHEN place2 = '' THEN in_place2 END), 0), coalesce(sum(CASE WHEN place2 <> '' THEN in_place2 END), 0)) AS in_place1,
        max(day2) AS day1,
        min(kind2) AS kind1
    FROM district
    GROUP BY reported_by, country_iso3, audience, place1
),

listed AS (
    SELECT
        reported_by,
        country_iso3,
        audience,
        greatest(coalesce(max(CASE WHEN place1 = '' THEN in_place1 END), 0), coalesce(sum(CASE WHEN place1 <> '' THEN in_place1 END), 0)) AS in_country,
        max(day1) AS day0,
        min(kind1) AS kind0
    FROM province
    GROUP BY reported_by, country_iso3, audience
),

dated AS (
    SELECT
        country_iso3,
        audience,
        min(coalesce(began_on, captured_on)) AS from_on,
        max(coalesce(ended_on, began_on, captured_on)) AS until_on
    FROM int_activity_row
    WHERE is_education AND people_in_need IS NOT NULL
    GROUP BY country_iso3, audience
)

SELECT
    t.country_iso3,
    c.country,
    c.region,
    c.sub_region,
    t.audience,
    cast(max(t.in_country) AS bigint) AS people_in_need,
    max(t.day0) AS told_on,
    min(d.from_on) AS from_on,
    max(d.until_on) AS until_on,
    min(t.kind0) AS provenance
FROM listed AS t
LEFT JOIN dim_country AS c ON t.country_iso3 = c.country_iso3
LEFT JOIN dated AS d ON t.country_iso3 = d.country_iso3 AND t.audience = d.audience
GROUP BY t.country_iso3, c.country, c.region, c.sub_region, t.audience
ORDER BY t.country_iso3, t.audience
