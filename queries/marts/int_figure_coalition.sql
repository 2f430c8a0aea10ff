-- title: Rows behind the learners that contributions reach, and behind the offers that are live
-- grain: one row per activity, and one per offer
-- column metric VARCHAR: learners_contributed_direct or offers_live
-- column item VARCHAR: activity or offer
-- column value BIGINT: learners reached directly; 1 for an offer that is live on the newest day of the lists, else 0
-- column happened_on DATE: first day of the activity; first day of the offer, or the day after its last
-- column stream VARCHAR: the source
-- column country_iso3 VARCHAR: country, or unknown
-- column reported_on DATE: day of the newest file that tells of it
WITH newest AS (
    SELECT
        o.offer_id,
        max(o.captured_on) AS captured_on
    FROM stg_offers__offers AS o
    GROUP BY o.offer_id
)

SELECT
    'learners_contributed_direct' AS metric,
    a.activity_key AS item,
    coalesce(a.learners_direct, 0) AS value,
    coalesce(a.began_on, a.told_on) AS happened_on,
    'contributions_5w' AS stream,
    coalesce(a.country_iso3, 'unknown') AS country_iso3,
    a.told_on AS reported_on
FROM fct_activity_5w AS a
WHERE a.is_counted
UNION ALL
SELECT
    'offers_live' AS metric,
    o.offer_id AS item,
    cast(
        CASE
            WHEN o.is_free AND o.focal_point IS NOT NULL AND d.as_of_on BETWEEN o.valid_from AND least(o.valid_to, o.free_until)
                THEN 1
            ELSE 0
        END AS bigint
    ) AS value,
    CASE
        WHEN least(o.valid_to, o.free_until) < d.as_of_on THEN least(o.valid_to, o.free_until) + 1
        ELSE greatest(o.valid_from, o.recorded_on)
    END AS happened_on,
    'offers' AS stream,
    'unknown' AS country_iso3,
    n.captured_on AS reported_on
FROM fct_offer AS o
INNER JOIN newest AS n ON o.offer_id = n.offer_id
CROSS JOIN dim_matching_day AS d
ORDER BY metric, item
