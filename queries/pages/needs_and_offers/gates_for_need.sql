-- title: Which conditions does each offer meet for a need, and what is its score made of?
-- grain: one row per offer recorded by the day, those that fail the fewest conditions first
-- param $need_id VARCHAR: the need
-- param $on_date DATE: the day asked about, or NULL for that of the newest list of offers, needs or matches
-- column offer_id VARCHAR: offer
-- column offer VARCHAR: what it is
-- column member VARCHAR: who offers
-- column gates_failed BIGINT: number of conditions it fails
-- column country_passes BOOLEAN: the country is served
-- column level_passes BOOLEAN: the level fits
-- column language_passes BOOLEAN: the language fits
-- column tier_passes BOOLEAN: the technology is available there
-- column audience_passes BOOLEAN: made for these people
-- column free_passes BOOLEAN: free of charge on the day
-- column live_passes BOOLEAN: live on the day
-- column focal_point_passes BOOLEAN: has a focal point
-- column score BIGINT: points of 100
-- column kind_points BIGINT: of 40, for the kind of support
-- column capacity_points BIGINT: of 30, for capacity
-- column focal_points BIGINT: of 20, for a focal point that answered lately
-- column country_points BIGINT: of 10, for naming the country
-- column focal_point VARCHAR: whom to write to
-- column stage VARCHAR "Stage" words(match_stage): stage of the match between this offer and this need, NULL where none was proposed
-- metric: match_score
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
        o.offer,
        o.member,
        o.focal_point,
        n.need_id,
        n.on_date,
        gate_country(o.countries, n.country_iso3) AS country_passes,
        gate_level(o.levels, n.level) AS level_passes,
        gate_language(o.languages, n.language) AS language_passes,
        gate_tier(o.tier_rank, n.highest_tier_rank) AS tier_passes,
        gate_audience(o.audience, n.audience) AS audience_passes,
        gate_free(o.is_free, o.free_until, n.on_date) AS free_passes,
        gate_live(o.valid_from, o.valid_to, n.on_date) AS live_passes,
        gate_focal_point(o.focal_point) AS focal_point_passes,
        score_kind(o.activity_type, n.activity_type) AS kind_points,
        score_capacity(o.capacity, n.people) AS capacity_points,
        score_focal_point(o.focal_point_confirmed_on, n.on_date) AS focal_points,
        score_country(o.countries, n.country_iso3) AS country_points
    FROM need AS n
    -- What a list tells of is recorded by its day, also what begins later.
    INNER JOIN fct_offer AS o ON least(o.recorded_on, n.as_of_on) <= n.on_date
)

SELECT
    t.offer_id,
    t.offer,
    t.member,
    ((NOT t.country_passes)::bigint + (NOT t.level_passes)::bigint + (NOT t.language_passes)::bigint + (NOT t.tier_passes)::bigint + (NOT t.audience_passes)::bigint + (NOT t.free_passes)::bigint + (NOT t.live_passes)::bigint + (NOT t.focal_point_passes)::bigint)::bigint
        AS gates_failed,
    t.country_passes,
    t.level_passes,
    t.language_passes,
    t.tier_passes,
    t.audience_passes,
    t.free_passes,
    t.live_passes,
    t.focal_point_passes,
    match_score(t.kind_points, t.capacity_points, t.focal_points, t.country_points) AS score,
    t.kind_points::bigint AS kind_points,
    t.capacity_points::bigint AS capacity_points,
    t.focal_points::bigint AS focal_points,
    t.country_points::bigint AS country_points,
    t.focal_point,
    (
        SELECT
            ['dropped', 'proposed', 'brokered', 'delivering', 'completed'][max(list_position(
                ['dropped', 'proposed', 'brokered', 'delivering', 'completed'],
                match_stage(m.brokered_on, m.delivering_on, m.completed_on, m.dropped_on, t.on_date)
            ))]
        FROM fct_match AS m
        WHERE m.need_id = t.need_id AND m.offer_id = t.offer_id AND m.proposed_on <= t.on_date
    ) AS stage
FROM tried AS t
ORDER BY gates_failed, score DESC, t.offer_id
