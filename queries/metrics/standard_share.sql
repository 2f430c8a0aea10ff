-- label: Share completed, like for like
-- unit: share
-- definition: Share completed of one side, weighted to the mix of both sides together over the strata that both have: each stratum counts as much as it has runs on both.
-- caveat: Strata that only one side has are left out. What is not recorded is not made alike.
-- additive_over: nothing
CREATE MACRO standard_share(n, k, other_n) AS
sum((n + other_n)::double * k / nullif(n, 0)) FILTER (WHERE n > 0 AND other_n > 0)
/ sum(n + other_n) FILTER (WHERE n > 0 AND other_n > 0)
