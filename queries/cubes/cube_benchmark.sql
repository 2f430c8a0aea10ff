-- title: A partner's learners beside those of the others, where others are enough to hide among
-- grain: one row per programme (or total), partner and area: country, region or world
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: whose learners are compared
-- column area_level VARCHAR: country, region or world
-- column area VARCHAR: ISO 3166 alpha-3, UN region, or world
-- column others_registered BIGINT: learners registered there less those of this partner, which by its own files live there
-- column others_reached BIGINT: of them, with a learning event
-- column others_completed BIGINT: of them, completed at least one course
-- column other_partners BIGINT: other partners with a learner registered there
-- column others_reports BIGINT: learners that the other partners report there, those of several counted for each
-- column two_largest BIGINT: of these, those of the two largest other partners
WITH areas AS (
    SELECT
        c.programme_id,
        c.partner_id,
        'country' AS area_level,
        c.country_iso3 AS area,
        c.learners_registered,
        c.learners,
        c.learners_completed
    FROM cube_country AS c
    WHERE c.counted_by = 'host' AND c.country_iso3 <> 'all'
    UNION ALL
    SELECT
        c.programme_id,
        c.partner_id,
        'region' AS area_level,
        d.region AS area,
        cast(sum(c.learners_registered) AS bigint) AS learners_registered,
        cast(sum(c.learners) AS bigint) AS learners,
        cast(sum(c.learners_completed) AS bigint) AS learners_completed
    FROM cube_country AS c
    INNER JOIN dim_country AS d ON c.country_iso3 = d.country_iso3
    WHERE c.counted_by = 'host'
    GROUP BY c.programme_id, c.partner_id, d.region
    UNION ALL
    SELECT
        c.programme_id,
        c.partner_id,
        'world' AS area_level,
        'world' AS area,
        c.learners_registered,
        c.learners,
        c.learners_completed
    FROM cube_country AS c
    WHERE c.counted_by = 'host' AND c.country_iso3 = 'all'
),

ranked AS (
    SELECT
        programme_id,
        partner_id,
        area_level,
        area,
        learners_registered,
        learners,
        learners_completed,
        row_number() OVER (PARTITION BY programme_id, area_level, area ORDER BY learners_registered DESC, partner_id) AS size_rank
    FROM areas
    WHERE partner_id <> 'all'
),

-- Of the three largest the two largest others are those that are not the partner itself.
largest AS (
    SELECT
        programme_id,
        area_level,
        area,
        count(*) AS partners,
        sum(learners_registered) AS reports,
        coalesce(max(CASE WHEN size_rank = 1 THEN learners_registered END), 0) AS first_size,
        coalesce(max(CASE WHEN size_rank = 2 THEN learners_registered END), 0) AS second_size,
        coalesce(max(CASE WHEN size_rank = 3 THEN learners_registered END), 0) AS third_size
    FROM ranked
    GROUP BY programme_id, area_level, area
)

SELECT
    r.programme_id,
    r.partner_id,
    r.area_level,
    r.area,
    greatest(t.learners_registered - r.learners_registered, 0) AS others_registered,
    greatest(t.learners - r.learners, 0) AS others_reached,
    greatest(t.learners_completed - r.learners_completed, 0) AS others_completed,
    l.partners - 1 AS other_partners,
    cast(l.reports - r.learners_registered AS bigint) AS others_reports,
    cast(CASE r.size_rank WHEN 1 THEN l.second_size + l.third_size WHEN 2 THEN l.first_size + l.third_size ELSE l.first_size + l.second_size END AS bigint)
        AS two_largest
FROM ranked AS r
INNER JOIN areas AS t
    ON r.programme_id = t.programme_id AND r.area_level = t.area_level AND r.area = t.area AND t.partner_id = 'all'
INNER JOIN largest AS l ON r.programme_id = l.programme_id AND r.area_level = l.area_level AND r.area = l.area
ORDER BY r.programme_id, r.partner_id, r.area_level, r.area
