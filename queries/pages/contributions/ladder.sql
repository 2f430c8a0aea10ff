-- title: How far has each member come, from offered to delivered?
-- grain: one row per organisation with an activity, most activities first
-- param $stage
-- param $mission
-- param $audience
-- param $region
-- param $member_type
-- param $from_month
-- param $to_month
-- column member VARCHAR: name as shown
-- column member_type VARCHAR: its type
-- column is_member BOOLEAN: it is on the register of members
-- column offered BIGINT: activities it offered; recorded, not counted
-- column confirmed BIGINT: activities confirmed
-- column delivering BIGINT: activities that deliver
-- column delivered BIGINT: activities delivered
-- column not_stated BIGINT: activities whose stage is not stated; on no rung
-- column leads BIGINT: of the counted ones, those it leads
-- column supports BIGINT: of the counted ones, those it supports
-- column learners_contributed_to BIGINT: learners reached directly by activities it is in; does not add up over members
-- column fractional_learners DOUBLE: its equal part of them; adds up
-- column learners_claimed BIGINT: learners it counts as its own
-- caveat: An activity of three members is a third of an activity's learners for each, whoever did more: claims cannot be checked.
SELECT
    o.member,
    o.member_type,
    bool_or(o.is_member) AS is_member,
    count(DISTINCT a.activity_id) FILTER (WHERE a.stage = 'offered')::bigint AS offered,
    count(DISTINCT a.activity_id) FILTER (WHERE a.stage = 'confirmed')::bigint AS confirmed,
    count(DISTINCT a.activity_id) FILTER (WHERE a.stage = 'delivering')::bigint AS delivering,
    count(DISTINCT a.activity_id) FILTER (WHERE a.stage = 'delivered')::bigint AS delivered,
    count(DISTINCT a.activity_id) FILTER (WHERE a.stage = 'not stated')::bigint AS not_stated,
    count(DISTINCT a.activity_id) FILTER (WHERE a.is_counted AND o.role = 'lead')::bigint AS leads,
    count(DISTINCT a.activity_id) FILTER (WHERE a.is_counted AND o.role = 'supporter')::bigint AS supports,
    sum(o.learners_contributed_to)::bigint AS learners_contributed_to,
    sum(o.fractional_learners) AS fractional_learners,
    sum(o.learners_claimed)::bigint AS learners_claimed
FROM fct_activity_5w AS a
INNER JOIN fct_activity_member AS o ON a.activity_key = o.activity_key
WHERE
    a.is_education
    AND o.partner_id IS NOT NULL
    AND fragment.activity_filters(a)
    AND ($stage IS NULL OR a.stage = $stage)
    AND ($member_type IS NULL OR o.member_type = $member_type)
GROUP BY o.partner_id, o.member, o.member_type
ORDER BY count(DISTINCT a.activity_id) DESC, o.member, o.partner_id
