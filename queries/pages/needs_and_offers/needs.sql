-- title: Which needs are open, and how far has each come?
-- grain: one row per need raised and not ended by the day, unmatched ones first
-- param $on_date DATE: the day asked about, or NULL for that of the newest list of offers, needs or matches
-- param $country_iso3
-- param $level VARCHAR: level, or NULL for all
-- column need_id VARCHAR: need
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
-- column level VARCHAR: level
-- column language VARCHAR: ISO 639 code
-- column highest_tier VARCHAR: the highest technology available there
-- column activity_type VARCHAR: kind of support asked for, NULL where any helps
-- column audience VARCHAR: for whom
-- column people BIGINT: people in need
-- column raised_on DATE: day on which it was raised
-- column days_open BIGINT: days since
-- column stage VARCHAR "Stage" words(match_stage): furthest stage of a match that was not given up: unmatched, proposed, brokered, delivering or completed
-- caveat: A need is a request, not everything that is lacking.
WITH day AS (
    SELECT * FROM fragment.matching_date
),

matched AS (
    SELECT
        m.need_id,
        max(list_position(
            ['proposed', 'brokered', 'delivering', 'completed'],
            match_stage(m.brokered_on, m.delivering_on, m.completed_on, m.dropped_on, d.on_date)
        )) AS furthest
    FROM fct_match AS m
    INNER JOIN day AS d ON m.proposed_on <= d.on_date
    GROUP BY m.need_id
)

SELECT
    n.need_id,
    n.country_iso3,
    c.country,
    n.level,
    n.language,
    n.highest_tier,
    n.activity_type,
    n.audience,
    n.people,
    n.raised_on,
    date_diff('day', n.raised_on, d.on_date) AS days_open,
    ['unmatched', 'proposed', 'brokered', 'delivering', 'completed'][1 + coalesce(m.furthest, 0)] AS stage
FROM fct_need AS n
INNER JOIN day AS d ON n.raised_on <= d.on_date AND n.closed_on >= d.on_date
INNER JOIN dim_country AS c ON n.country_iso3 = c.country_iso3
LEFT JOIN matched AS m ON n.need_id = m.need_id
WHERE
    ($country_iso3 IS NULL OR n.country_iso3 = $country_iso3)
    AND ($level IS NULL OR n.level = $level)
ORDER BY coalesce(m.furthest, 0), n.raised_on, n.need_id
