-- title: How many learners have no live free offer, by the highest technology available?
-- grain: one row per tier: no-tech, low-tech, hi-tech
-- param $on_date DATE: the day asked about, or NULL for the last observed one
-- param $level
-- param $language
-- column tier VARCHAR: the highest technology available: offers that ask for more do not count
-- column learners_affected BIGINT: learners of closed countries
-- column learners_unserved BIGINT: learners with no live free offer that works with so much technology
-- column share_unserved DOUBLE: their share
-- metric: learners_unserved
-- caveat: A level of a country counts whole or not at all: one live offer serves it. An offer that is live is not yet a learner reached.
-- caveat: Languages are the official ones of a country, which not every learner is taught in.
WITH tier AS (
    SELECT unnest(['no-tech', 'low-tech', 'hi-tech']) AS tier
)

SELECT
    t.tier,
    sum(g.learners)::bigint AS learners_affected,
    learners_unserved(g.learners, is_served(g.served_from_tier, tier_rank(t.tier))) AS learners_unserved,
    share_unserved(
        learners_unserved(g.learners, is_served(g.served_from_tier, tier_rank(t.tier))), sum(g.learners)
    ) AS share_unserved
FROM fct_gap_day AS g
CROSS JOIN tier AS t
WHERE
    fragment.gap_date(g)
    AND fragment.gap_filters(g)
GROUP BY t.tier
ORDER BY tier_rank(t.tier)
