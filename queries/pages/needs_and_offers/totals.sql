-- title: How many needs and offers are there on a day?
-- grain: one row
-- param $on_date DATE: the day asked about, or NULL for that of the newest list of offers, needs or matches
-- column on_date DATE: the day answered for
-- column needs_open BIGINT: needs raised and not ended
-- column needs_waiting BIGINT: of them, raised more than 14 days before and without a match
-- column offers_recorded BIGINT: offers recorded by the day
-- column offers_live BIGINT: of them, live, free of charge and with a focal point
-- column free_periods_expired BIGINT: offers that go on but are no longer free
-- column matches_delivering BIGINT: matches that deliver on the day
-- metric: offers_live
-- metric: needs_waiting
WITH day AS (
    SELECT * FROM fragment.matching_date
),

open_need AS (
    SELECT
        n.need_id,
        n.raised_on < d.on_date - 14 AND NOT coalesce(bool_or(
            m.proposed_on <= d.on_date AND (m.dropped_on IS NULL OR m.dropped_on > d.on_date)
        ), FALSE) AS is_waiting
    FROM fct_need AS n
    INNER JOIN day AS d ON n.raised_on <= d.on_date AND n.closed_on >= d.on_date
    LEFT JOIN fct_match AS m ON n.need_id = m.need_id
    GROUP BY n.need_id, n.raised_on, d.on_date
)

SELECT
    d.on_date,
    (SELECT count(*) FROM open_need) AS needs_open,
    (SELECT needs_waiting(w.is_waiting) FROM open_need AS w) AS needs_waiting,
    (SELECT count(*) FROM fct_offer AS o WHERE o.recorded_on <= d.on_date) AS offers_recorded,
    (
        SELECT offers_live(offer_state(o.is_free, o.free_until, o.valid_from, o.valid_to, o.focal_point, d.on_date))
        FROM fct_offer AS o
        WHERE o.recorded_on <= d.on_date
    ) AS offers_live,
    (
        SELECT count(*)
        FROM fct_offer AS o
        WHERE o.recorded_on <= d.on_date AND o.is_free AND o.free_until < d.on_date AND o.valid_from <= d.on_date AND o.valid_to >= d.on_date
    ) AS free_periods_expired,
    (
        SELECT count(*)
        FROM fct_match AS m
        WHERE
            m.proposed_on <= d.on_date
            AND match_stage(m.brokered_on, m.delivering_on, m.completed_on, m.dropped_on, d.on_date) = 'delivering'
    ) AS matches_delivering
FROM day AS d
WHERE d.on_date IS NOT NULL
ORDER BY d.on_date
