-- title: Which needs are without a match after 14 days, and what is missing?
-- grain: one row per need that was raised more than 14 days before and has no match
-- param $on_date DATE: the day asked about, or NULL for that of the newest list of offers, needs or matches
-- column need_id VARCHAR: need
-- column country VARCHAR: UN short name
-- column level VARCHAR: level
-- column language VARCHAR: ISO 639 code
-- column people BIGINT: people in need
-- column days_open BIGINT: days since it was raised
-- column offers_that_fit BIGINT: offers that fit and that only need to be proposed
-- column nearest_offer_id VARCHAR: the offer that fails the fewest conditions, of several the one with the best score
-- column missing VARCHAR: the conditions that it fails, separated by commas; empty where it fits
-- metric: needs_waiting
WITH waiting AS (
    SELECT
        n.*,
        coalesce($on_date, d.as_of_on) AS on_date
    FROM fct_need AS n
    INNER JOIN dim_matching_day AS d
        ON n.raised_on < coalesce($on_date, d.as_of_on) - 14 AND n.closed_on >= coalesce($on_date, d.as_of_on)
    WHERE
        n.need_id NOT IN (
            SELECT m.need_id
            FROM fct_match AS m
            WHERE
                m.proposed_on <= coalesce($on_date, d.as_of_on)
                AND (m.dropped_on IS NULL OR m.dropped_on > coalesce($on_date, d.as_of_on))
        )
),

fitting AS (
    SELECT
        n.need_id,
        count(*) AS offers,
        min(struct_pack(
            lacking := 100 - match_score(
                score_kind(o.activity_type, n.activity_type),
                score_capacity(o.capacity, n.people),
                score_focal_point(o.focal_point_confirmed_on, n.on_date),
                score_country(o.countries, n.country_iso3)
            ),
            offer_id := o.offer_id
        )) AS best
    FROM waiting AS n
    INNER JOIN fct_offer AS o
        ON
            o.recorded_on <= n.on_date
            AND gate_audience(o.audience, n.audience)
            AND gate_tier(o.tier_rank, n.highest_tier_rank)
            AND gate_free(o.is_free, o.free_until, n.on_date)
            AND gate_live(o.valid_from, o.valid_to, n.on_date)
            AND gate_focal_point(o.focal_point)
            AND gate_country(o.countries, n.country_iso3)
            AND gate_level(o.levels, n.level)
            AND gate_language(o.languages, n.language)
    GROUP BY n.need_id
),

-- Only where nothing fits is every gate of every offer counted.
missed AS (
    SELECT
        n.need_id,
        min(struct_pack(
            failed := gates_failed(
                gate_country(o.countries, n.country_iso3),
                gate_level(o.levels, n.level),
                gate_language(o.languages, n.language),
                gate_tier(o.tier_rank, n.highest_tier_rank),
                gate_audience(o.audience, n.audience),
                gate_free(o.is_free, o.free_until, n.on_date),
                gate_live(o.valid_from, o.valid_to, n.on_date),
                gate_focal_point(o.focal_point)
            ),
            lacking := 100 - match_score(
                score_kind(o.activity_type, n.activity_type),
                score_capacity(o.capacity, n.people),
                score_focal_point(o.focal_point_confirmed_on, n.on_date),
                score_country(o.countries, n.country_iso3)
            ),
            offer_id := o.offer_id
        )) AS best
    FROM waiting AS n
    INNER JOIN fct_offer AS o ON o.recorded_on <= n.on_date
    WHERE n.need_id NOT IN (SELECT f.need_id FROM fitting AS f)
    GROUP BY n.need_id
)

SELECT
    n.need_id,
    c.country,
    n.level,
    n.language,
    n.people,
    date_diff('day', n.raised_on, n.on_date) AS days_open,
    coalesce(f.offers, 0) AS offers_that_fit,
    o.offer_id AS nearest_offer_id,
    CASE
        WHEN o.offer_id IS NULL THEN ''
        ELSE
            array_to_string(list_filter(
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
            ), ',')
    END AS missing
FROM waiting AS n
INNER JOIN dim_country AS c ON n.country_iso3 = c.country_iso3
LEFT JOIN fitting AS f ON n.need_id = f.need_id
LEFT JOIN missed AS m ON n.need_id = m.need_id
LEFT JOIN fct_offer AS o ON coalesce(f.best.offer_id, m.best.offer_id) = o.offer_id
ORDER BY days_open DESC, n.need_id
