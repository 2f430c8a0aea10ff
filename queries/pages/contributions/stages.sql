-- title: How many activities are at each stage, from offered to delivered?
-- grain: one row per stage, in the order of the ladder; not stated last
-- param $mission
-- param $audience
-- param $region
-- param $member_type
-- param $from_month
-- param $to_month
-- column stage VARCHAR: offered, confirmed, delivering, delivered or not stated
-- column activities BIGINT: distinct activities of education
-- column organisations BIGINT: distinct organisations that lead or support them
-- column learners_direct BIGINT: learners they reached directly; NULL of offers, and where not stated
WITH chosen AS (
    SELECT
        a.activity_key,
        a.activity_id,
        a.stage,
        a.learners_direct
    FROM fct_activity_5w AS a
    WHERE
        a.is_education
        AND fragment.activity_filters(a)
),

organisation AS (
    SELECT
        c.stage,
        count(DISTINCT o.partner_id) AS organisations
    FROM chosen AS c
    INNER JOIN fct_activity_member AS o ON c.activity_key = o.activity_key
    GROUP BY c.stage
),

rung AS (
    SELECT
        unnest(['offered', 'confirmed', 'delivering', 'delivered', 'not stated']) AS stage,
        unnest([1, 2, 3, 4, 5]) AS place
)

SELECT
    r.stage,
    count(DISTINCT c.activity_id)::bigint AS activities,
    coalesce(max(o.organisations), 0)::bigint AS organisations,
    learners_contributed_direct(sum(c.learners_direct)) AS learners_direct
FROM rung AS r
LEFT JOIN chosen AS c ON r.stage = c.stage
LEFT JOIN organisation AS o ON r.stage = o.stage
GROUP BY r.stage, r.place
ORDER BY r.place
