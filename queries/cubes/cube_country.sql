-- title: Learners by country, where they live and where they come from
-- grain: one row per programme, partner, way of counting and country (or unknown), and one for all
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column counted_by VARCHAR: host or origin
-- column country_iso3 VARCHAR: ISO 3166 alpha-3, unknown, or all
-- column learners BIGINT: learners reached
-- column learners_registered BIGINT: learners registered
-- column learners_completed BIGINT: of them, completed at least one course
-- column first_on DATE: first learning event there
-- among: learners_registered >= learners
-- among: learners_registered >= learners_completed
WITH lands AS (
    SELECT
        programme_id,
        partner_id,
        'host' AS counted_by,
        country_host AS country_iso3,
        reached_on,
        completed_on
    FROM int_learner_margin
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        'origin',
        country_origin,
        reached_on,
        completed_on
    FROM int_learner_margin
)

SELECT
    programme_id,
    partner_id,
    counted_by,
    coalesce(country_iso3, 'all') AS country_iso3,
    count(reached_on) AS learners,
    count(*) AS learners_registered,
    count(completed_on) AS learners_completed,
    min(reached_on) AS first_on
FROM lands
GROUP BY GROUPING SETS ((programme_id, partner_id, counted_by), (programme_id, partner_id, counted_by, country_iso3))
ORDER BY programme_id, partner_id, counted_by, country_iso3
