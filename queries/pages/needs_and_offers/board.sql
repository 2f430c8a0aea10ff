-- title: How far has each match come on a day?
-- grain: one row per match proposed by the day
-- param $on_date DATE: the day asked about, or NULL for that of the newest list of offers, needs or matches
-- column match_id VARCHAR: match
-- column stage VARCHAR "Stage" words(match_stage): proposed, brokered, delivering, completed or dropped
-- column need_id VARCHAR: need
-- column country VARCHAR: UN short name
-- column level VARCHAR: level
-- column language VARCHAR: ISO 639 code
-- column offer_id VARCHAR: offer
-- column offer VARCHAR: what it is
-- column member VARCHAR: who offers
-- column since_on DATE: first day of this stage
-- column days_in_stage BIGINT: days since
-- column people_reached BIGINT: people reached so far, NULL where not stated
-- column dropped_reason VARCHAR: why it was given up, NULL where it was not
WITH day AS (
    SELECT * FROM fragment.matching_date
),

staged AS (
    SELECT
        m.*,
        d.on_date,
        match_stage(m.brokered_on, m.delivering_on, m.completed_on, m.dropped_on, d.on_date) AS stage
    FROM fct_match AS m
    INNER JOIN day AS d ON m.proposed_on <= d.on_date
),

timed AS (
    SELECT
        *,
        CASE stage
            WHEN 'dropped' THEN dropped_on
            WHEN 'completed' THEN completed_on
            WHEN 'delivering' THEN delivering_on
            WHEN 'brokered' THEN brokered_on
            ELSE proposed_on
        END AS since_on
    FROM staged
)

SELECT
    t.match_id,
    t.stage,
    t.need_id,
    c.country,
    n.level,
    n.language,
    t.offer_id,
    o.offer,
    o.member,
    t.since_on,
    date_diff('day', t.since_on, t.on_date) AS days_in_stage,
    t.people_reached,
    CASE WHEN t.stage = 'dropped' THEN t.dropped_reason END AS dropped_reason
FROM timed AS t
LEFT JOIN fct_need AS n ON t.need_id = n.need_id
LEFT JOIN dim_country AS c ON n.country_iso3 = c.country_iso3
LEFT JOIN fct_offer AS o ON t.offer_id = o.offer_id
ORDER BY
    list_position(['proposed', 'brokered', 'delivering', 'completed', 'dropped'], t.stage),
    days_in_stage DESC,
    t.match_id
