-- title: In which languages do learners have no live free offer?
-- grain: one row per official language of a closed country
-- param $on_date DATE: the day asked about, or NULL for the last observed one
-- param $level
-- param $tier
-- column language VARCHAR "Language code" code: ISO 639 code
-- column language_name VARCHAR: its English name
-- column countries BIGINT: closed countries whose official language it is
-- column learners_affected BIGINT: learners of these countries
-- column live_offers BIGINT: offers in it that meet every condition for one of these countries
-- column learners_unserved BIGINT: of them, those at levels that no live free offer in this language serves
-- metric: learners_unserved
-- caveat: A country with several official languages counts in each of them, so rows do not add up.
-- caveat: An offer that is live is not yet a learner reached.
WITH live AS (
    SELECT DISTINCT
        g.language,
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
        AND g.language <> 'any'
        AND ($level IS NULL OR g.level = $level)
),

offered AS (
    SELECT
        language,
        count(*) AS live_offers
    FROM live
    GROUP BY language
)

SELECT
    g.language,
    max(l.language_name) AS language_name,
    count(DISTINCT g.country_iso3) AS countries,
    sum(g.learners)::bigint AS learners_affected,
    coalesce(max(o.live_offers), 0) AS live_offers,
    learners_unserved(g.learners, is_served(g.served_from_tier, tier_rank($tier))) AS learners_unserved
FROM fct_gap_day AS g
INNER JOIN dim_country_language AS l ON g.country_iso3 = l.country_iso3 AND g.language = l.language
LEFT JOIN offered AS o ON g.language = o.language
WHERE
    fragment.gap_date(g)
    AND g.language <> 'any'
    AND ($level IS NULL OR g.level = $level)
GROUP BY g.language
ORDER BY learners_unserved DESC, learners_affected DESC, g.language
