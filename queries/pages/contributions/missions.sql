-- title: How many learners does each mission reach, directly and indirectly, each activity counted once?
-- grain: one row per mission with an activity, most learners first
-- param $stage
-- param $mission
-- param $audience
-- param $region
-- param $member_type
-- param $from_month
-- param $to_month
-- column mission VARCHAR: connectivity, teachers, gender, skills, learning or not stated
-- column activities BIGINT: distinct activities
-- column organisations BIGINT: distinct organisations that lead or support them
-- column learners_direct BIGINT: learners reached directly, once for each activity; NULL where not stated
-- column learners_indirect BIGINT: learners reached indirectly; never added to the others; NULL where not stated
-- column learners_claimed BIGINT: sum of what each organisation counts as its own
-- column overlap_factor DOUBLE: sum of claims / learners reached directly
-- column teachers_direct BIGINT: teachers reached directly; NULL where not stated
-- metric: learners_contributed_direct
-- metric: learners_contributed_indirect
-- metric: overlap_factor
WITH chosen AS (
    SELECT
        a.activity_key,
        a.activity_id,
        a.mission,
        a.learners_direct,
        a.learners_indirect,
        a.teachers_direct
    FROM fct_activity_5w AS a
    WHERE
        fragment.activity_stage(a)
        AND fragment.activity_filters(a)
),

organisation AS (
    SELECT
        c.mission,
        count(DISTINCT o.partner_id) AS organisations,
        sum(o.learners_claimed) AS learners_claimed
    FROM chosen AS c
    INNER JOIN fct_activity_member AS o ON c.activity_key = o.activity_key
    GROUP BY c.mission
)

SELECT
    c.mission,
    count(DISTINCT c.activity_id)::bigint AS activities,
    max(o.organisations)::bigint AS organisations,
    learners_contributed_direct(sum(c.learners_direct)) AS learners_direct,
    learners_contributed_indirect(sum(c.learners_indirect)) AS learners_indirect,
    max(o.learners_claimed)::bigint AS learners_claimed,
    overlap_factor(max(o.learners_claimed), sum(c.learners_direct)) AS overlap_factor,
    sum(c.teachers_direct)::bigint AS teachers_direct
FROM chosen AS c
INNER JOIN organisation AS o ON c.mission = o.mission
GROUP BY c.mission
ORDER BY sum(c.learners_direct) DESC NULLS LAST, c.mission
