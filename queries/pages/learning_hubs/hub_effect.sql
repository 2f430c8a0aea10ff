-- title: How do learners at hubs and others complete, adjusted for course, month of intake and sex?
-- grain: one row
-- param $programme_id VARCHAR: programme, for_refugees, or NULL for all
-- param $partner_id
-- column runs BIGINT: matured course runs with a hub
-- column other_runs BIGINT: matured course runs without
-- column crude_share DOUBLE: completed within 180 days, with a hub
-- column other_crude_share DOUBLE: completed within 180 days, without
-- column strata BIGINT: combinations of course, month of intake and sex that both have
-- column runs_used BIGINT: course runs with a hub in them
-- column other_runs_used BIGINT: course runs without in them
-- column standard_share DOUBLE: with a hub, weighted to the mix of both together
-- column other_standard_share DOUBLE: without, weighted to the mix of both together
-- column difference DOUBLE: with minus without, crude
-- column standard_difference DOUBLE: with minus without, adjusted
-- column standard_low DOUBLE: lower end of its 95 % interval
-- column standard_high DOUBLE: upper end of its 95 % interval
-- column is_small BOOLEAN: fewer than 30 comparable course runs on one of the sides, so not to be ranked
-- caveat: Learners at hubs are self-selected: who comes to a hub may differ in ways that no file records, so this is a comparison, not what hubs cause.
-- caveat: Direct standardisation: each stratum counts as much as it has runs on both sides together. Strata that only one side has are left out. Course runs of one learner are counted as if of several.
-- caveat: A learner whom no partner registered at a hub counts as without a hub.
WITH strata AS (
    SELECT
        course_id,
        sex,
        month,
        coalesce(sum(runs) FILTER (WHERE with_hub), 0) AS n,
        coalesce(sum(completed) FILTER (WHERE with_hub), 0) AS k,
        coalesce(sum(runs) FILTER (WHERE NOT with_hub), 0) AS other_n,
        coalesce(sum(completed) FILTER (WHERE NOT with_hub), 0) AS other_k
    FROM cube_hub_like
    WHERE fragment.learner_cell()
    GROUP BY course_id, sex, month
),

summed AS (
    SELECT
        sum(n)::bigint AS runs,
        sum(other_n)::bigint AS other_runs,
        sum(k)::double / nullif(sum(n), 0) AS crude_share,
        sum(other_k)::double / nullif(sum(other_n), 0) AS other_crude_share,
        count(*) FILTER (WHERE n > 0 AND other_n > 0) AS strata,
        coalesce(sum(n) FILTER (WHERE other_n > 0), 0)::bigint AS runs_used,
        coalesce(sum(other_n) FILTER (WHERE n > 0), 0)::bigint AS other_runs_used,
        standard_share(n, k, other_n) AS standard_share,
        standard_share(other_n, other_k, n) AS other_standard_share,
        standard_variance(n, k, other_n, other_k) AS variance
    FROM strata
)

SELECT
    runs,
    other_runs,
    crude_share,
    other_crude_share,
    strata,
    runs_used,
    other_runs_used,
    standard_share,
    other_standard_share,
    crude_share - other_crude_share AS difference,
    standard_share - other_standard_share AS standard_difference,
    standard_share - other_standard_share - 1.959963984540054 * sqrt(variance) AS standard_low,
    standard_share - other_standard_share + 1.959963984540054 * sqrt(variance) AS standard_high,
    runs_used < 30 OR other_runs_used < 30 AS is_small
FROM summed
WHERE runs > 0 AND other_runs > 0
ORDER BY runs
