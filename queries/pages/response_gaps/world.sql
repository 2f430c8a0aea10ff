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
-- column live_offers BIGINT: offers for learners, live on the day, free, with a focal point and in an official language of a country they serve
-- metric: learners_unserved
-- metric: share_unserved
-- caveat: A level of a country counts whole or not at all: one live offer serves it. An offer that is live is not yet a learner reached.
-- caveat: Languages are the official ones of a country, which not every learner is taught in.
WITH newest AS (
    SELECT max(captured_on) AS captured_on
    FROM dim_closure_capture
),

affected AS (
    SELECT
        e.country_iso3,
        e.on_date,
        e.level,
        e.learners
    FROM fct_closed_level AS e
    WHERE
        e.on_date = coalesce($on_date, e.captured_on)
        AND ($level IS NULL OR e.level = $level)
        AND (
            $language IS NULL
            OR e.country_iso3 IN (SELECT l.country_iso3 FROM dim_country_language AS l WHERE l.language = $language)
        )
),

cell AS (
    SELECT
        a.country_iso3,
        a.level,
        a.learners,
        count(DISTINCT o.half) >= CASE a.level WHEN 'secondary' THEN 2 ELSE 1 END AS is_served
    FROM affected AS a
    LEFT JOIN fct_offer_cell AS o
        ON
            a.country_iso3 = o.country_iso3
            AND a.level = o.level
            AND a.on_date BETWEEN o.live_from AND o.live_to
            AND ($language IS NULL OR o.language = $language)
            AND o.tier_rank <= CASE $tier WHEN 'no-tech' THEN 1 WHEN 'low-tech' THEN 2 ELSE 3 END
    GROUP BY a.country_iso3, a.level, a.learners
),

total AS (
    SELECT
        count(DISTINCT country_iso3) AS countries_closed,
        count(DISTINCT country_iso3) FILTER (WHERE NOT is_served) AS countries_without_offer,
        coalesce(sum(learners), 0)::bigint AS learners_affected,
        learners_unserved(learners, is_served) AS learners_unserved
    FROM cell
)

SELECT
    coalesce($on_date, n.captured_on) AS on_date,
    n.captured_on,
    t.countries_closed,
    t.countries_without_offer,
    t.learners_affected,
    t.learners_unserved,
    share_unserved(t.learners_unserved, t.learners_affected) AS share_unserved,
    (
        SELECT count(DISTINCT o.offer_id)
        FROM fct_offer_cell AS o
        WHERE coalesce($on_date, n.captured_on) BETWEEN o.live_from AND o.live_to
    ) AS live_offers
FROM total AS t
CROSS JOIN newest AS n
WHERE n.captured_on IS NOT NULL
ORDER BY on_date
