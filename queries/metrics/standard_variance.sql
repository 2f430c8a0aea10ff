-- label: Variance of the adjusted difference
-- unit: share squared
-- definition: Variance of the difference of two adjusted shares; one half is added to each count, so that a stratum where all or none completed has a variance.
-- caveat: Course runs of one learner are counted as if of several.
-- additive_over: nothing
CREATE MACRO standard_variance(n, k, other_n, other_k) AS
sum(
    (n + other_n)::double * (n + other_n) * (
        (k + 0.5)::double * (n - k + 0.5)::double / ((n + 1) * (n + 1) * nullif(n, 0))
        + (other_k + 0.5)::double * (other_n - other_k + 0.5)::double / ((other_n + 1) * (other_n + 1) * nullif(other_n, 0))
    )
) FILTER (WHERE n > 0 AND other_n > 0)
/ pow(sum(n + other_n) FILTER (WHERE n > 0 AND other_n > 0), 2)
