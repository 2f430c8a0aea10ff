-- title: How many learners of each level have no live free offer?
-- grain: one row per level
-- param $on_date DATE: the day asked about, or NULL for the last observed one
-- param $level
-- param $tier
-- param $language
-- column level VARCHAR: pre_primary, primary, secondary or tertiary
-- column countries BIGINT: countries closed country-wide with learners of this level
-- column learners_affected BIGINT: learners of this level in countries closed country-wide
-- column learners_unserved BIGINT: of them, those in countries where no live free offer serves the level
-- column share_unserved DOUBLE: their share
-- metric: learners_unserved
-- caveat: A level of a country counts whole or not at all: one live offer serves it. An offer that is live is not yet a learner reached.
-- caveat: Languages are the official ones of a country, which not every learner is taught in.
SELECT
    g.level,
    count(DISTINCT g.country_iso3) AS countries,
    sum(g.learners)::bigint AS learners_affected,
    learners_unserved(g.learners, is_served(g.served_from_tier, tier_rank($tier))) AS learners_unserved,
    share_unserved(learners_unserved(g.learners, is_served(g.served_from_tier, tier_rank($tier))), sum(g.learners)) AS share_unserved
FROM fct_gap_day AS g
WHERE
    fragment.gap_date(g)
    AND fragment.gap_filters(g)
GROUP BY g.level
ORDER BY list_position(['pre_primary', 'primary', 'secondary', 'tertiary'], g.level)
