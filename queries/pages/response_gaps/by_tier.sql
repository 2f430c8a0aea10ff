-- title: How many learners have no live free offer, by the most technology that works there?
-- grain: one row per tier: no-tech, low-tech, hi-tech
-- param $on_date DATE: the day asked about, or NULL for the last observed one
-- param $level VARCHAR: pre_primary, primary, secondary or tertiary, or NULL for all
-- param $language VARCHAR: ISO 639 code: only offers in it count, and only countries whose official language it is, or NULL for any
-- column tier VARCHAR: the most technology that works: offers that ask for more do not count
-- column learners_affected BIGINT: learners of closed countries
-- column learners_unserved BIGINT: learners with no live free offer that works with so much technology
-- column share_unserved DOUBLE: their share
-- metric: learners_unserved
-- caveat: A level of a country counts whole or not at all: one live offer serves it. An offer that is live is not yet a learner reached.
-- caveat: Languages are the official ones of a country, which not every learner is taught in.
WITH tier AS (
    SELECT unnest([1, 2, 3]) AS tier_rank
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
        t.tier_rank,
        a.country_iso3,
        a.level,
        a.learners,
        count(DISTINCT o.half) >= CASE a.level WHEN 'secondary' THEN 2 ELSE 1 END AS is_served
    FROM affected AS a
    CROSS JOIN tier AS t
    LEFT JOIN fct_offer_cell AS o
        ON
            a.country_iso3 = o.country_iso3
            AND a.level = o.level
            AND a.on_date BETWEEN o.live_from AND o.live_to
            AND ($language IS NULL OR o.language = $language)
            AND o.tier_rank <= t.tier_rank
    GROUP BY t.tier_rank, a.country_iso3, a.level, a.learners
)

SELECT
    ['no-tech', 'low-tech', 'hi-tech'][tier_rank] AS tier,
    sum(learners)::bigint AS learners_affected,
    learners_unserved(learners, is_served) AS learners_unserved,
    share_unserved(learners_unserved(learners, is_served), sum(learners)) AS share_unserved
FROM cell
GROUP BY tier_rank
ORDER BY tier_rank
