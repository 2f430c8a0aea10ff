-- title: How many activities and learners are in each cell of the matrix?
-- grain: one row per member (or kind of activity, or mission) and place with an activity
-- param $rows
-- param $stage
-- param $mission
-- param $audience
-- param $region
-- param $member_type
-- param $from_month
-- param $to_month
-- column row VARCHAR: name of the member, kind of activity, or mission
-- column place VARCHAR: country; of missions, sub-region
-- column place_name VARCHAR: its name in English
-- column activities BIGINT: distinct activities of education
-- column organisations BIGINT: distinct organisations that lead or support them
-- column learners_direct BIGINT: learners they reached directly; of a member: contributed to, which does not add up over members; NULL where not stated
-- column learners_indirect BIGINT: learners they reached indirectly; never added to the others; NULL where not stated
-- column teachers_direct BIGINT: teachers they reached directly; NULL where not stated
-- metric: learners_contributed_direct
-- metric: learners_contributed_indirect
-- caveat: An activity of several members is in the row of each.
WITH told AS (
    SELECT
        a.activity_key,
        a.activity_id,
        CASE $rows WHEN 'member' THEN o.member WHEN 'activity' THEN a.activity_type ELSE a.mission END AS row,
        CASE WHEN $rows IN ('member', 'activity') THEN a.country_iso3 ELSE a.sub_region END AS place,
        CASE WHEN $rows IN ('member', 'activity') THEN a.country ELSE a.sub_region END AS place_name,
        o.partner_id,
        a.learners_direct,
        a.learners_indirect,
        a.teachers_direct
    FROM fct_activity_5w AS a
    INNER JOIN fct_activity_member AS o ON a.activity_key = o.activity_key
    WHERE
        fragment.activity_stage(a)
        AND fragment.activity_filters(a)
        AND ($member_type IS NULL OR coalesce($rows, 'mission') <> 'member' OR o.member_type = $member_type)
),

once AS (
    SELECT
        row,
        place,
        place_name,
        activity_key,
        activity_id,
        max(learners_direct) AS learners_direct,
        max(learners_indirect) AS learners_indirect,
        max(teachers_direct) AS teachers_direct
    FROM told
    GROUP BY row, place, place_name, activity_key, activity_id
),

people AS (
    SELECT
        row,
        place,
        place_name,
        count(DISTINCT activity_id)::bigint AS activities,
        sum(learners_direct)::bigint AS learners_direct,
        sum(learners_indirect)::bigint AS learners_indirect,
        sum(teachers_direct)::bigint AS teachers_direct
    FROM once
    GROUP BY row, place, place_name
),

organisation AS (
    SELECT
        row,
        place,
        count(DISTINCT partner_id)::bigint AS organisations
    FROM told
    GROUP BY row, place
)

SELECT
    p.row,
    p.place,
    p.place_name,
    p.activities,
    o.organisations,
    learners_contributed_direct(p.learners_direct) AS learners_direct,
    learners_contributed_indirect(p.learners_indirect) AS learners_indirect,
    p.teachers_direct
FROM people AS p
INNER JOIN organisation AS o ON p.row = o.row AND p.place = o.place
ORDER BY p.row, p.place_name, p.place
