-- label: Unserved learner-days
-- unit: learner-days
-- definition: Learners with no live free offer on each day, added over the days of the range.
-- caveat: Days without a match that delivers would be more. A learner counts again on each day; days without a record of closures count none.
-- additive_over: countries, levels, days
CREATE MACRO unserved_learner_days(learners, is_served) AS coalesce(sum(learners) FILTER (WHERE NOT is_served), 0)::bigint
