-- title: How many learner-days went without a live free offer, by country?
-- grain: one row per country closed country-wide on some day of the range
-- param $from_date
-- param $to_date DATE: last day, included; days after the capture are plans and do not count
-- param $level
-- param $tier
-- param $language
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
-- column days_closed BIGINT: days closed country-wide within the range
-- column learner_days_affected BIGINT: learners affected, added over these days
-- column learner_days_unserved BIGINT: of them, those with no live free offer on the day
-- metric: unserved_learner_days
-- caveat: A level of a country counts whole or not at all: one live offer serves it. An offer that is live is not yet a learner reached.
-- caveat: Languages are the official ones of a country, which not every learner is taught in.
SELECT
    g.country_iso3,
    c.country,
    count(DISTINCT g.on_date) AS days_closed,
    sum(g.learners)::bigint AS learner_days_affected,
    unserved_learner_days(g.learners, is_served(g.served_from_tier, tier_rank($tier))) AS learner_days_unserved
FROM fct_gap_day AS g
INNER JOIN dim_country AS c ON g.country_iso3 = c.country_iso3
WHERE
    fragment.gap_days(g)
    AND fragment.gap_filters(g)
GROUP BY g.country_iso3, c.country
ORDER BY learner_days_unserved DESC, learner_days_affected DESC, g.country_iso3
