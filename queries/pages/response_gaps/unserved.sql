-- title: How many learners of closed countries have no live free offer, by country?
-- grain: one row per country closed country-wide on the day
-- param $on_date DATE: the day asked about, or NULL for the last observed one
-- param $level
-- param $tier
-- param $language
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
-- column learners_affected BIGINT: learners of the levels asked for
-- column live_offers BIGINT: offers that meet every condition for one of these levels
-- column learners_unserved BIGINT: learners of the levels that no live free offer serves
-- metric: learners_unserved
-- caveat: A level of a country counts whole or not at all: one live offer serves it. An offer that is live is not yet a learner reached.
-- caveat: Languages are the official ones of a country, which not every learner is taught in.
WITH live AS (
    SELECT DISTINCT
        g.country_iso3,
        o.offer_id
    FROM fct_gap_day AS g
    INNER JOIN fct_offer_cell AS o
        ON
            g.country_iso3 = o.country_iso3
            AND g.level = o.level
            AND g.language IN ('any', o.language)
            AND g.on_date BETWEEN o.live_from AND o.live_to
            AND o.tier_rank <= tier_rank($tier)
    WHERE
        fragment.gap_date(g)
        AND fragment.gap_filters(g)
),

offered AS (
    SELECT
        country_iso3,
        count(*) AS live_offers
    FROM live
    GROUP BY country_iso3
)

SELECT
    g.country_iso3,
    c.country,
    sum(g.learners)::bigint AS learners_affected,
    coalesce(max(o.live_offers), 0) AS live_offers,
    learners_unserved(g.learners, is_served(g.served_from_tier, tier_rank($tier))) AS learners_unserved
FROM fct_gap_day AS g
INNER JOIN dim_country AS c ON g.country_iso3 = c.country_iso3
LEFT JOIN offered AS o ON g.country_iso3 = o.country_iso3
WHERE
    fragment.gap_date(g)
    AND fragment.gap_filters(g)
GROUP BY g.country_iso3, c.country
ORDER BY learners_unserved DESC, learners_affected DESC, g.country_iso3
