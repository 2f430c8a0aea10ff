-- title: Where, for which level and in which language an offer counts as live and free, and from when to when
-- grain: one row per offer, monitored country, level, half of the level and official language
-- column country_iso3 VARCHAR: country
-- column level VARCHAR: pre_primary, primary, secondary or tertiary, as enrolment is counted
-- column half VARCHAR: lower or upper of secondary, else whole: a level is served when all its halves are
-- column language VARCHAR: an official language of the country that the offer comes in
-- column tier_rank BIGINT: 1 no-tech, 2 low-tech, 3 hi-tech
-- column offer_id VARCHAR: offer for learners, free of charge, with a focal point
-- column live_from DATE: first day
-- column live_to DATE: last day
WITH level_half AS (
    SELECT
        'pre_primary' AS level,
        'whole' AS half,
        'pre_primary' AS offered
    UNION ALL
    SELECT
        'primary' AS level,
        'whole' AS half,
        'primary' AS offered
    UNION ALL
    SELECT
        'secondary' AS level,
        'lower' AS half,
        'lower_secondary' AS offered
    UNION ALL
    SELECT
        'secondary' AS level,
        'upper' AS half,
        'upper_secondary' AS offered
    UNION ALL
    SELECT
        'tertiary' AS level,
        'whole' AS half,
        'tertiary' AS offered
),

live AS (
    SELECT
        offer_id,
        countries,
        languages,
        levels,
        tier_rank,
        valid_from AS live_from,
        least(valid_to, free_until) AS live_to
    FROM fct_offer
    WHERE is_free AND focal_point IS NOT NULL AND audience = 'learners' AND valid_from <= least(valid_to, free_until)
)

SELECT
    c.country_iso3,
    h.level,
    h.half,
    l.language,
    o.tier_rank,
    o.offer_id,
    o.live_from,
    o.live_to
FROM live AS o
INNER JOIN level_half AS h ON o.levels = 'all' OR contains(o.levels, concat(';', h.offered, ';'))
INNER JOIN dim_country AS c
    ON c.unesco_monitored AND (o.countries = 'all' OR contains(o.countries, concat(';', c.country_iso3, ';')))
INNER JOIN dim_country_language AS l
    ON
        c.country_iso3 = l.country_iso3
        AND (o.languages = 'all' OR contains(o.languages, concat(';', l.language, ';')))
ORDER BY c.country_iso3, h.level, h.half, l.language, o.offer_id
