-- label: Share completed, adjusted
-- unit: share
-- definition: Share completed of one side, weighted to the mix of both sides together over the groups that both have: each group counts by its course runs on both sides.
-- caveat: Groups that only one side has are left out. Differences that are not recorded are not adjusted for.
-- additive_over: nothing
CREATE MACRO standard_share(n, k, other_n) AS
sum((n + other_n)::double * k / nullif(n, 0)) FILTER (WHERE n > 0 AND other_n > 0)
/ sum(n + other_n) FILTER (WHERE n > 0 AND other_n > 0)
