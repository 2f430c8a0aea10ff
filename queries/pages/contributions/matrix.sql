-- title: How many activities and learners has each member, kind of activity or mission in each country?
-- grain: one row per member (or kind of activity, or mission) and country with an activity
-- param $rows VARCHAR: what a row is: member, activity or mission; or NULL for member
-- param $stage
-- column row VARCHAR: name of the member, kind of activity, or mission
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column activities BIGINT: distinct activities of education
-- column learners_direct BIGINT: learners they reached directly; of a member: contributed to, which does not add up over members; NULL where not stated
-- column learners_indirect BIGINT: learners they reached indirectly; never added to the others; NULL where not stated
-- metric: learners_contributed_direct
-- metric: learners_contributed_indirect
-- caveat: An activity of several members is in the row of each. An offer counts no one as reached.
WITH member AS (
    SELECT DISTINCT
        activity_key,
        member
    FROM fct_activity_member
    WHERE coalesce($rows, 'member') = 'member'
),

told AS (
    SELECT
        CASE $rows WHEN 'activity' THEN a.activity_type WHEN 'mission' THEN a.mission ELSE m.member END AS row,
        a.country_iso3,
        a.activity_id,
        a.learners_direct,
        a.learners_indirect
    FROM fct_activity_5w AS a
    LEFT JOIN member AS m ON a.activity_key = m.activity_key
    WHERE fragment.activity_stage(a)
)

SELECT
    row,
    country_iso3,
    count(DISTINCT activity_id)::bigint AS activities,
    learners_contributed_direct(sum(learners_direct)) AS learners_direct,
    learners_contributed_indirect(sum(learners_indirect)) AS learners_indirect
FROM told
GROUP BY row, country_iso3
ORDER BY row, country_iso3
