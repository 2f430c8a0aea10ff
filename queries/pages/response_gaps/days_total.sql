-- title: How many learner-days of a range went without a live free offer in all?
-- grain: one row
-- param $from_date
-- param $to_date DATE: last day, included; days after the capture are plans and do not count
-- param $level
-- param $tier
-- param $language
-- column learner_days_affected BIGINT: learners affected, added over the days of the range
-- column learner_days_unserved BIGINT: of them, those with no live free offer on the day
-- column worst_on DATE: day on which most learners had none
-- column worst_unserved BIGINT: how many that were
-- metric: unserved_learner_days
-- caveat: A level of a country counts whole or not at all: one live offer serves it. An offer that is live is not yet a learner reached.
-- caveat: Languages are the official ones of a country, which not every learner is taught in.
WITH day AS (
    SELECT
        g.on_date,
        sum(g.learners)::bigint AS affected,
        learners_unserved(g.learners, is_served(g.served_from_tier, tier_rank($tier))) AS unserved
    FROM fct_gap_day AS g
    WHERE
        fragment.gap_days(g)
        AND fragment.gap_filters(g)
    GROUP BY g.on_date
)

SELECT
    sum(affected)::bigint AS learner_days_affected,
    sum(unserved)::bigint AS learner_days_unserved,
    arg_max(on_date, (unserved, -date_diff('day', date '2000-01-01', on_date))) AS worst_on,
    max(unserved) AS worst_unserved
FROM day
HAVING count(*) > 0
ORDER BY worst_on
