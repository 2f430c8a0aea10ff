-- title: Which needs are without a match after 14 days, and what is missing?
-- grain: one row per need that was raised more than 14 days before and has no match that stands
-- param $on_date DATE: the day asked about, or NULL for that of the newest list of offers, needs or matches
-- column need_id VARCHAR: need
-- column country VARCHAR: UN short name
-- column level VARCHAR: level
-- column language VARCHAR: ISO 639 code
-- column people BIGINT: people in need
-- column days_open BIGINT: days since it was raised
-- column offers_that_fit BIGINT: offers that pass every gate: somebody only has to propose one
-- column nearest_offer_id VARCHAR: the offer that fails fewest gates, of several the one with the best score
-- column missing VARCHAR: the gates that it fails, told apart by commas; empty where it fits
WITH day AS (
    SELECT coalesce($on_date, as_of_on) AS on_date
    FROM dim_matching_day
),

waiting AS (
    SELECT
        n.*,
        d.on_date
    FROM fct_need AS n
    INNER JOIN day AS d ON n.raised_on < d.on_date - 14 AND n.closed_on >= d.on_date
    WHERE
        n.need_id NOT IN (
            SELECT m.need_id
            FROM fct_match AS m
            WHERE m.proposed_on <= d.on_date AND (m.dropped_on IS NULL OR m.dropped_on > d.on_date)
        )
),

tried AS (
    SELECT
        n.need_id,
        n.country_iso3,
        n.level,
        n.language,
        n.people,
        n.raised_on,
        n.on_date,
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
        score_country(o.countries) AS country_points
    FROM waiting AS n
    LEFT JOIN fct_offer AS o ON o.recorded_on <= n.on_date
)

SELECT
    t.need_id,
    c.country,
    t.level,
    t.language,
    t.people,
    date_diff('day', t.raised_on, max(t.on_date)) AS days_open,
    count(t.offer_id) FILTER (WHERE len(t.failed) = 0) AS offers_that_fit,
    arg_min(t.offer_id, (len(t.failed), -match_score(t.kind_points, t.capacity_points, t.focal_points, t.country_points), t.offer_id))
        AS nearest_offer_id,
    coalesce(
        arg_min(
            array_to_string(t.failed, ','),
            (len(t.failed), -match_score(t.kind_points, t.capacity_points, t.focal_points, t.country_points), t.offer_id)
        ),
        ''
    ) AS missing
FROM tried AS t
INNER JOIN dim_country AS c ON t.country_iso3 = c.country_iso3
GROUP BY t.need_id, c.country, t.level, t.language, t.people, t.raised_on
ORDER BY days_open DESC, t.need_id
