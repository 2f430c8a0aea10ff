-- label: Closed, plus a part of partially open
-- unit: learners
-- definition: All learners of the countries closed country-wide, plus p times the learners of those partially open.
-- caveat: The weight p, from 0 to 1, is the reader's choice, printed beside the figure: no publisher knows the true share.
-- additive_over: country, level, sex
CREATE MACRO learners_affected_weighted(learners_closed, learners_partial, partial_weight) AS round(learners_closed + learners_partial * least(greatest(partial_weight, 0), 1))::bigint
