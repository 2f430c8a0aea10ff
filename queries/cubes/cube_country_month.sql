-- title: Learners by country at the ends of months
-- grain: one row per programme, partner, way of counting, country (or unknown) and month with a change; each figure is the total up to the end of the month
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column counted_by VARCHAR: host or origin
-- column country_iso3 VARCHAR: ISO 3166 alpha-3, or unknown
-- column month DATE: first day of the month
-- column learners BIGINT: learners reached by the last day of the month
WITH lands AS (
    SELECT
        programme_id,
        partner_id,
        'host' AS counted_by,
        country_host AS country_iso3,
        cast(date_trunc('month', reached_on) AS date) AS month
    FROM int_learner_margin
    WHERE reached_on IS NOT NULL
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        'origin',
        country_origin,
        cast(date_trunc('month', reached_on) AS date)
    FROM int_learner_margin
    WHERE reached_on IS NOT NULL
),

gains AS (
    SELECT
        programme_id,
        partner_id,
        counted_by,
        country_iso3,
        month,
        count(*) AS gained
    FROM lands
    GROUP BY programme_id, partner_id, counted_by, country_iso3, month
)

SELECT
    programme_id,
    partner_id,
    counted_by,
    country_iso3,
    month,
    cast(sum(g.gained) OVER (
        PARTITION BY programme_id, partner_id, counted_by, country_iso3
        ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS bigint) AS learners
FROM gains AS g
ORDER BY programme_id, partner_id, counted_by, country_iso3, month
