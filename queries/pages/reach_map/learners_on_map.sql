-- title: Where on the map are learners, and how many for 1,000 refugees hosted?
-- grain: one row per country or territory of the reference
-- param $by
-- param $programme_id
-- param $partner_id
-- param $on_date DATE: day until which is counted, or NULL for the newest file
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
-- column region VARCHAR: M49 region
-- column learners BIGINT: distinct learners reached, 0 where none is known
-- column refugees_hosted BIGINT: refugees under UNHCR's mandate in the country, newest year; NULL where not known
-- column learners_per_1000_refugees DOUBLE: learners for 1,000 refugees hosted; NULL by origin, and where not known or fewer than 500 are
-- column rate_class VARCHAR: hidden, none, few_refugees, no_data, by origin some, or the rate: below_1, from_1, from_5, from_20
-- column first_on DATE: first learner reached
-- column latitude DOUBLE: of a point within the country
-- column longitude DOUBLE: of a point within the country
-- column has_polygon BOOLEAN: drawn as an area at this scale, else as a point
-- metric: learners_per_1000_refugees
-- caveat: Where fewer than 500 refugees are hosted a rate would be an accident of small numbers; the count is shown.
WITH hosted AS (
    SELECT
        r.host_iso3,
        sum(r.refugees)::bigint AS refugees
    FROM fct_refugees AS r
    WHERE r.year = (SELECT max(y.year) FROM fct_refugees AS y)
    GROUP BY r.host_iso3
),

by_day AS (
    SELECT
        country_iso3,
        max(learners) AS learners
    FROM cube_country_day
    WHERE
        fragment.learner_cell()
        AND counted_by = $by
        AND on_date <= $on_date
    GROUP BY country_iso3
),

counted AS (
    SELECT
        l.country_iso3,
        CASE WHEN $on_date IS NULL THEN l.learners ELSE m.learners END AS learners,
        CASE WHEN $on_date IS NULL OR l.first_on <= $on_date THEN l.first_on END AS first_on
    FROM cube_country AS l
    LEFT JOIN by_day AS m ON l.country_iso3 = m.country_iso3
    WHERE
        l.programme_id = coalesce($programme_id, 'all')
        AND l.partner_id = coalesce($partner_id, 'all')
        AND l.counted_by = $by
),

rated AS (
    SELECT
        c.country_iso3,
        c.country,
        c.region,
        known(l.learners) AS learners,
        h.refugees,
        CASE WHEN $by = 'host' AND h.refugees >= 500 THEN learners_per_1000_refugees(known(l.learners), h.refugees) END AS rate,
        l.first_on,
        c.latitude,
        c.longitude,
        c.has_polygon
    FROM dim_country AS c
    LEFT JOIN counted AS l ON c.country_iso3 = l.country_iso3
    LEFT JOIN hosted AS h ON c.country_iso3 = h.host_iso3
    WHERE c.kind <> 'historical'
)

SELECT
    country_iso3,
    country,
    region,
    learners,
    refugees AS refugees_hosted,
    rate AS learners_per_1000_refugees,
    CASE
        WHEN learners IS NULL THEN 'hidden'
        WHEN learners = 0 THEN 'none'
        WHEN $by = 'origin' THEN 'some'
        WHEN refugees IS NULL THEN 'no_data'
        WHEN rate IS NULL THEN 'few_refugees'
        WHEN rate < 1 THEN 'below_1'
        WHEN rate < 5 THEN 'from_1'
        WHEN rate < 20 THEN 'from_5'
        ELSE 'from_20'
    END AS rate_class,
    first_on,
    latitude,
    longitude,
    has_polygon
FROM rated
ORDER BY learners DESC, country_iso3
