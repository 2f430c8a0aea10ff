-- label: Learners affected, partial closures weighted
-- unit: learners
-- definition: All learners of the countries closed country-wide, plus p times the learners of those partially open.
-- caveat: The weight p is the reader's choice, printed beside the figure: no publisher knows the true share.
-- additive_over: country, level, sex
CREATE MACRO learners_affected_weighted(status, learners, partial_weight) AS (
    CASE WHEN count(status) > 0
        THEN round(coalesce(sum(CASE status WHEN 'closed' THEN learners WHEN 'partial' THEN learners * partial_weight ELSE 0 END), 0))
    END
)::bigint
