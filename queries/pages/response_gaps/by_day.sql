-- title: How many learners have no live free offer, day by day?
-- grain: one row per day of the range with a country closed country-wide
-- param $from_date
-- param $to_date DATE: last day, included; days after the capture are plans and do not count
-- param $level
-- param $tier
-- param $language
-- column on_date DATE: day
-- column learners_affected BIGINT: learners of countries closed country-wide
-- column learners_unserved BIGINT: of them, those with no live free offer
-- metric: learners_unserved
-- metric: unserved_learner_days
-- caveat: A level of a country counts whole or not at all: one live offer serves it. An offer that is live is not yet a learner reached.
-- caveat: Languages are the official ones of a country, which not every learner is taught in.
SELECT
    g.on_date,
    sum(g.learners)::bigint AS learners_affected,
    learners_unserved(g.learners, is_served(g.served_from_tier, tier_rank($tier))) AS learners_unserved
FROM fct_gap_day AS g
WHERE
    fragment.gap_days(g)
    AND fragment.gap_filters(g)
GROUP BY g.on_date
ORDER BY g.on_date
