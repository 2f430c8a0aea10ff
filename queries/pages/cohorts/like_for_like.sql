-- title: How do two cohorts compare, adjusted for course, time of intake and sex?
-- grain: one row
-- param $programme_id VARCHAR: programme of the first, for_refugees, or NULL for all
-- param $partner_id VARCHAR: partner of the first, or NULL for all
-- param $other_programme_id
-- param $other_partner_id
-- column runs BIGINT: matured course runs of the first
-- column other_runs BIGINT: matured course runs of the second
-- column crude_share DOUBLE: completed within 180 days, first
-- column other_crude_share DOUBLE: completed within 180 days, second
-- column strata BIGINT: combinations of course, quarter of intake and sex that both have
-- column runs_used BIGINT: course runs of the first in them
-- column other_runs_used BIGINT: course runs of the second in them
-- column standard_share DOUBLE: first, weighted to the mix of both together
-- column other_standard_share DOUBLE: second, weighted to the mix of both together
-- column difference DOUBLE: first minus second, crude
-- column standard_difference DOUBLE: first minus second, adjusted
-- column standard_low DOUBLE: lower end of its 95 % interval
-- column standard_high DOUBLE: upper end of its 95 % interval
-- column is_small BOOLEAN: fewer than 30 comparable course runs in one of them, so not to be ranked
-- caveat: Direct standardisation: each stratum counts as much as it has runs in both cohorts together. Strata that only one has are left out. What is not recorded, such as who chose to come, is not adjusted for.
WITH strata AS (
    SELECT
        course_id,
        sex,
        quarter,
        coalesce(sum(runs) FILTER (WHERE programme_id = coalesce($programme_id, 'all') AND partner_id = coalesce($partner_id, 'all')), 0) AS n,
        coalesce(sum(completed) FILTER (WHERE programme_id = coalesce($programme_id, 'all') AND partner_id = coalesce($partner_id, 'all')), 0)
            AS k,
        coalesce(
            sum(runs) FILTER (WHERE programme_id = coalesce($other_programme_id, 'all') AND partner_id = coalesce($other_partner_id, 'all')), 0
        ) AS other_n,
        coalesce(
            sum(completed)
            FILTER (WHERE programme_id = coalesce($other_programme_id, 'all') AND partner_id = coalesce($other_partner_id, 'all')),
            0
        ) AS other_k
    FROM cube_like
    GROUP BY course_id, sex, quarter
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
