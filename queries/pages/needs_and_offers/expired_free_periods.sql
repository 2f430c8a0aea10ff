-- title: Which offers are no longer free of charge though they go on?
-- grain: one row per offer whose free period ended before the day while the offer itself goes on
-- param $on_date DATE: the day asked about, or NULL for that of the newest list of offers, needs or matches
-- column offer_id VARCHAR: offer
-- column offer VARCHAR: what it is
-- column member VARCHAR: who offers
-- column free_until DATE: last day on which it was free
-- column days_expired BIGINT: days since
-- column matches_delivering BIGINT: matches that deliver it on the day
-- column focal_point VARCHAR: whom to ask
WITH day AS (
    SELECT * FROM fragment.matching_date
)

SELECT
    o.offer_id,
    o.offer,
    o.member,
    o.free_until,
    date_diff('day', o.free_until, d.on_date) AS days_expired,
    (
        SELECT count(*)
        FROM fct_match AS m
        WHERE
            m.offer_id = o.offer_id
            AND match_stage(m.brokered_on, m.delivering_on, m.completed_on, m.dropped_on, d.on_date) = 'delivering'
    ) AS matches_delivering,
    o.focal_point
FROM fct_offer AS o
INNER JOIN day AS d ON o.recorded_on <= d.on_date AND o.free_until < d.on_date AND o.valid_from <= d.on_date AND o.valid_to >= d.on_date
WHERE o.is_free
ORDER BY days_expired DESC, o.offer_id
