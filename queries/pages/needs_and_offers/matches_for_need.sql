-- title: Which offers fit a need, and where do the others fail?
-- grain: one row per offer recorded by the day, those that pass first
-- param $need_id VARCHAR: the need
-- param $on_date DATE: the day asked about, or NULL for that of the newest list of offers, needs or matches
-- column offer_id VARCHAR: offer
-- column passes BOOLEAN: meets every condition on the day
-- column failed_gates VARCHAR: conditions that it fails, separated by commas, of country, level, language, tier, audience, free, live, focal_point; empty where it passes
-- column score BIGINT: points of 100 by which offers are ordered
-- metric: match_score
-- caveat: Everything the coalition lists is free of charge; an offer that is not, or no longer, never passes.
WITH need AS (
    SELECT
        n.*,
        coalesce($on_date, d.as_of_on) AS on_date,
        d.as_of_on
    FROM fct_need AS n
    CROSS JOIN dim_matching_day AS d
    WHERE n.need_id = $need_id
),

tried AS (
    SELECT
        o.offer_id,
        list_filter(
            [
                CASE WHEN NOT gate_country(o.countries, n.country_iso3) THEN 'country' END,
                CASE WHEN NOT gate_level(o.levels, n.level) THEN 'level' END,
                CASE WHEN NOT gate_language(o.languages, n.language) THEN 'language' END,
                CASE WHEN NOT gate_tier(o.tier_rank, n.highest_tier_rank) THEN 'tier' END,
                CASE WHEN NOT gate_audience(o.audience, n.audience) THEN 'audience' END,
                CASE WHEN NOT gate_free(o.is_free, o.free_until, n.on_date) THEN 'free' END,
                CASE WHEN NOT gate_live(o.valid_from, o.valid_to, n.on_date) THEN 'live' END,
                CASE WHEN NOT gate_focal_point(o.focal_point) THEN 'focal_point' END
            ],
            LAMBDA gate: gate IS NOT NULL
        ) AS failed,
        score_kind(o.activity_type, n.activity_type) AS kind_points,
        score_capacity(o.capacity, n.people) AS capacity_points,
        score_focal_point(o.focal_point_confirmed_on, n.on_date) AS focal_points,
        score_country(o.countries, n.country_iso3) AS country_points
    FROM need AS n
    -- What a list tells of is recorded by its day, also what begins later.
    INNER JOIN fct_offer AS o ON least(o.recorded_on, n.as_of_on) <= n.on_date
)

SELECT
    offer_id,
    len(failed) = 0 AS passes,
    array_to_string(failed, ',') AS failed_gates,
    match_score(kind_points, capacity_points, focal_points, country_points) AS score
FROM tried
ORDER BY passes DESC, len(failed), score DESC, offer_id
