-- label: Closed or partially open
-- unit: learners
-- definition: All learners of the countries closed country-wide or partially open on the day.
-- caveat: Counts every learner of a partially open country, so it is an upper bound. Academic break is no disruption.
-- additive_over: country, level, sex
CREATE MACRO learners_disrupted(learners_closed, learners_partial) AS (learners_closed + learners_partial)::bigint
