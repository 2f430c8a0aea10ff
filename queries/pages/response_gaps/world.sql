-- title: How many learners of closed countries have no live free offer in all?
-- grain: one row
-- param $on_date DATE: the day asked about, or NULL for the last observed one
-- param $level VARCHAR: pre_primary, primary, secondary or tertiary, or NULL for all
-- param $tier VARCHAR: the most technology that works there: no-tech, low-tech or hi-tech, or NULL for any
-- param $language VARCHAR: ISO 639 code: only offers in it count, and only countries whose official language it is, or NULL for any
-- column on_date DATE: the day answered for
-- column captured_on DATE: capture of the closure record
-- column countries_closed BIGINT: countries closed country-wide with learners of the levels asked for
-- column countries_without_offer BIGINT: of them, those in which some level has no live free offer
-- column learners_affected BIGINT: learners of the levels asked for
-- column learners_unserved BIGINT: learners of the levels that no live free offer serves
-- column share_unserved DOUBLE: their share
-- column live_offers BIGINT: offers of the level, technology and language asked for, for learners, live on the day, free, with a focal point and in an official language of a country they serve, closed or not
-- metric: learners_unserved
-- metric: share_unserved
-- caveat: A level of a country counts whole or not at all: one live offer serves it. An offer that is live is not yet a learner reached.
-- caveat: Languages are the official ones of a country, which not every learner is taught in.
WITH day AS (
    SELECT
        coalesce($on_date, max(captured_on)) AS on_date,
        max(captured_on) AS captured_on
    FROM dim_closure_capture
),

total AS (
    SELECT
        count(DISTINCT g.country_iso3) AS countries_closed,
        count(DISTINCT g.country_iso3) FILTER (WHERE NOT is_served(g.served_from_tier, tier_rank($tier))) AS countries_without_offer,
        coalesce(sum(g.learners), 0)::bigint AS learners_affected,
        learners_unserved(g.learners, is_served(g.served_from_tier, tier_rank($tier))) AS learners_unserved
    FROM fct_gap_day AS g
    WHERE
        g.on_date = coalesce($on_date, g.captured_on)
        AND g.language = coalesce($language, 'any')
        AND ($level IS NULL OR g.level = $level)
)

SELECT
    d.on_date,
    d.captured_on,
    t.countries_closed,
    t.countries_without_offer,
    t.learners_affected,
    t.learners_unserved,
    share_unserved(t.learners_unserved, t.learners_affected) AS share_unserved,
    (
        SELECT count(DISTINCT o.offer_id)
        FROM fct_offer_cell AS o
        WHERE
            d.on_date BETWEEN o.live_from AND o.live_to
            AND o.tier_rank <= tier_rank($tier)
            AND ($level IS NULL OR o.level = $level)
            AND ($language IS NULL OR o.language = $language)
    ) AS live_offers
FROM total AS t
CROSS JOIN day AS d
WHERE d.captured_on IS NOT NULL
ORDER BY d.on_date
