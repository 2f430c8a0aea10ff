-- title: Learners by country from day to day
-- grain: one row per programme, partner, way of counting, country (or unknown) and day with a change; each figure is the total up to the day
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column counted_by VARCHAR: host or origin
-- column country_iso3 VARCHAR: ISO 3166 alpha-3, or unknown
-- column on_date DATE: day
-- column learners BIGINT: learners reached by the day
WITH lands AS (
    SELECT
        programme_id,
        partner_id,
        'host' AS counted_by,
        country_host AS country_iso3,
        reached_on AS on_date
    FROM int_learner_margin
    WHERE reached_on IS NOT NULL
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        'origin',
        country_origin,
        reached_on
    FROM int_learner_margin
    WHERE reached_on IS NOT NULL
),

gains AS (
    SELECT
        programme_id,
        partner_id,
        counted_by,
        country_iso3,
        on_date,
        count(*) AS gained
    FROM lands
    GROUP BY programme_id, partner_id, counted_by, country_iso3, on_date
)

SELECT
    programme_id,
    partner_id,
    counted_by,
    country_iso3,
    on_date,
    cast(sum(g.gained) OVER (
        PARTITION BY programme_id, partner_id, counted_by, country_iso3
        ORDER BY on_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS bigint) AS learners
FROM gains AS g
ORDER BY programme_id, partner_id, counted_by, country_iso3, on_date
