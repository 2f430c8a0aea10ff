-- title: How many learners are on the map, and of how many is the country unknown?
-- grain: one row
-- param $by VARCHAR: host where they live, origin where they come from
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- param $partner_id VARCHAR: partner, or NULL for all
-- param $on_date DATE: day until which is counted, or NULL for the newest file
-- param $from_date DATE: a country first reached on this day or later counts as new, or NULL for none
-- column learners BIGINT: distinct learners reached
-- column countries BIGINT: countries they are in of which a figure is shown; countries with too few learners to be shown are not counted
-- column learners_unknown BIGINT: of them, the country is unknown
-- column share_unknown DOUBLE: unknown / all, 0 to 1
-- column newcomers BIGINT: countries first reached on the day or later
-- column learners_per_1000_refugees DOUBLE: learners whose host is known for 1,000 refugees hosted in the world; NULL by origin
-- metric: learners_reached = learners
-- metric: countries_shown = countries
-- metric: learners_per_1000_refugees
WITH by_day AS (
    SELECT
        country_iso3,
        max(learners) AS learners
    FROM cube_country_day
    WHERE
        fragment.learner_cell()
        AND counted_by = $by
        AND on_date <= $on_date
    GROUP BY country_iso3
    UNION ALL
    SELECT
        'all',
        max(learners_reached)
    FROM cube_reach
    WHERE
        programme_id = coalesce($programme_id, 'all')
        AND partner_id = coalesce($partner_id, 'all')
        AND on_date <= $on_date
),

counted AS (
    SELECT
        l.country_iso3,
        CASE WHEN $on_date IS NULL THEN l.learners ELSE m.learners END AS learners,
        l.first_on
    FROM cube_country AS l
    LEFT JOIN by_day AS m ON l.country_iso3 = m.country_iso3
    WHERE
        l.programme_id = coalesce($programme_id, 'all')
        AND l.partner_id = coalesce($partner_id, 'all')
        AND l.counted_by = $by
        AND CASE WHEN $on_date IS NULL THEN l.learners ELSE m.learners END > 0
),

hosted AS (
    SELECT sum(r.refugees)::bigint AS refugees
    FROM fct_refugees AS r
    WHERE r.year = (SELECT max(y.year) FROM fct_refugees AS y)
)

SELECT
    max(c.learners) FILTER (WHERE c.country_iso3 = 'all') AS learners,
    countries_shown(CASE WHEN c.country_iso3 NOT IN ('unknown', 'all') THEN c.country_iso3 END) AS countries,
    known(max(c.learners) FILTER (WHERE c.country_iso3 = 'unknown')) AS learners_unknown,
    part_of(
        known(max(c.learners) FILTER (WHERE c.country_iso3 = 'unknown')), max(c.learners) FILTER (WHERE c.country_iso3 = 'all')
    ) AS share_unknown,
    -- Where nobody's first day may be told, nobody can be called new.
    CASE
        WHEN count(c.first_on) > 0 THEN count(*) FILTER (WHERE c.country_iso3 NOT IN ('unknown', 'all') AND c.first_on >= $from_date)
        ELSE known(NULL)
    END::bigint AS newcomers,
    CASE
        WHEN $by = 'host' THEN learners_per_1000_refugees(
            max(c.learners) FILTER (WHERE c.country_iso3 = 'all')
            - coalesce(max(c.learners) FILTER (WHERE c.country_iso3 = 'unknown'), 0),
            max(h.refugees)
        )
    END AS learners_per_1000_refugees
FROM counted AS c
CROSS JOIN hosted AS h
ORDER BY learners
