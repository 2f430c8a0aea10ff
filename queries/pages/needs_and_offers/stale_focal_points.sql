-- title: Whose focal points have not answered for more than 180 days?
-- grain: one row per member that has a live offer, or is on the register
-- param $on_date DATE: the day asked about, or NULL for that of the newest list of offers, needs or matches
-- column partner_id VARCHAR: member
-- column member VARCHAR: its name
-- column focal_point VARCHAR: address of a role or domain, NULL where none is named
-- column confirmed_on DATE: day on which it last answered, NULL where never
-- column days_silent BIGINT: days since, NULL where never
-- column live_offers BIGINT: its offers that are live on the day
WITH day AS (
    SELECT * FROM fragment.matching_date
),

named AS (
    SELECT
        partner_id,
        member,
        focal_point,
        focal_point_confirmed_on
    FROM dim_member
    WHERE left_on IS NULL OR left_on > (SELECT day.on_date FROM day)
    UNION ALL
    SELECT
        partner_id,
        member,
        focal_point,
        focal_point_confirmed_on
    FROM fct_offer
    WHERE valid_to >= (SELECT day.on_date FROM day)
),

answered AS (
    SELECT
        partner_id,
        max(member) AS member,
        arg_max(focal_point, coalesce(focal_point_confirmed_on, date '1900-01-01')) AS focal_point,
        max(focal_point_confirmed_on) AS confirmed_on
    FROM named
    GROUP BY partner_id
)

SELECT
    a.partner_id,
    a.member,
    a.focal_point,
    a.confirmed_on,
    date_diff('day', a.confirmed_on, d.on_date) AS days_silent,
    (
        SELECT count(*)
        FROM fct_offer AS o
        WHERE
            o.partner_id = a.partner_id
            AND offer_state(o.is_free, o.free_until, o.valid_from, o.valid_to, o.focal_point, d.on_date) = 'live'
    ) AS live_offers
FROM answered AS a
CROSS JOIN day AS d
WHERE a.confirmed_on IS NULL OR a.confirmed_on < d.on_date - 180
ORDER BY live_offers DESC, days_silent DESC NULLS FIRST, a.partner_id
