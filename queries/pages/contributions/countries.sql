-- title: Where are activities, where was only something offered, and where is need and nothing under way?
-- grain: one row per country with an activity, an offer or a need
-- param $mission
-- param $audience
-- param $region
-- param $member_type
-- param $from_month
-- param $to_month
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
-- column region VARCHAR: M49 region
-- column activities BIGINT: distinct activities of education, those merely offered not counted
-- column organisations BIGINT: distinct organisations that lead or support them
-- column under_way BIGINT: of them, confirmed or delivering
-- column offered BIGINT: activities merely offered
-- column learners_direct BIGINT: learners reached directly; NULL where not stated
-- column learners_indirect BIGINT: learners reached indirectly; never added to the others; NULL where not stated
-- column people_in_need BIGINT: people in need, over the places of the country, for every choice except audience and region; over audiences the largest
-- column class VARCHAR: from_10, from_5, from_2 or one activity; in_need_none, offered_only
-- column latitude DOUBLE: of a point within the country
-- column longitude DOUBLE: of a point within the country
-- column has_polygon BOOLEAN: drawn as an area at this scale, else as a point
WITH chosen AS (
    SELECT
        a.activity_key,
        a.activity_id,
        a.country_iso3,
        a.stage,
        a.is_counted,
        a.learners_direct,
        a.learners_indirect
    FROM fct_activity_5w AS a
    WHERE
        a.is_education
        AND fragment.activity_filters(a)
),

organisation AS (
    SELECT
        c.country_iso3,
        count(DISTINCT o.partner_id) AS organisations
    FROM chosen AS c
    INNER JOIN fct_activity_member AS o ON c.activity_key = o.activity_key
    WHERE c.is_counted
    GROUP BY c.country_iso3
),

counted AS (
    SELECT
        country_iso3,
        count(DISTINCT activity_id) FILTER (WHERE is_counted) AS activities,
        count(DISTINCT activity_id) FILTER (WHERE stage IN ('confirmed', 'delivering')) AS under_way,
        count(DISTINCT activity_id) FILTER (WHERE stage = 'offered') AS offered,
        sum(learners_direct) AS learners_direct,
        sum(learners_indirect) AS learners_indirect
    FROM chosen
    GROUP BY country_iso3
),

need AS (
    SELECT
        d.country_iso3,
        max(d.people_in_need) AS people_in_need
    FROM fct_education_need AS d
    WHERE ($audience IS NULL OR d.audience = $audience) AND ($region IS NULL OR $region IN (d.region, d.sub_region))
    GROUP BY d.country_iso3
)

SELECT
    c.country_iso3,
    c.country,
    c.region,
    coalesce(n.activities, 0)::bigint AS activities,
    coalesce(o.organisations, 0)::bigint AS organisations,
    coalesce(n.under_way, 0)::bigint AS under_way,
    coalesce(n.offered, 0)::bigint AS offered,
    learners_contributed_direct(n.learners_direct) AS learners_direct,
    learners_contributed_indirect(n.learners_indirect) AS learners_indirect,
    d.people_in_need,
    CASE
        WHEN n.activities >= 10 THEN 'from_10'
        WHEN n.activities >= 5 THEN 'from_5'
        WHEN n.activities >= 2 THEN 'from_2'
        WHEN n.activities = 1 THEN 'one'
        WHEN d.people_in_need > 0 THEN 'in_need_none'
        ELSE 'offered_only'
    END AS class,
    c.latitude,
    c.longitude,
    c.has_polygon
FROM dim_country AS c
LEFT JOIN counted AS n ON c.country_iso3 = n.country_iso3
LEFT JOIN need AS d ON c.country_iso3 = d.country_iso3
LEFT JOIN organisation AS o ON c.country_iso3 = o.country_iso3
WHERE n.country_iso3 IS NOT NULL OR d.people_in_need > 0
ORDER BY coalesce(n.activities, 0) DESC, c.country
