-- title: Who does what, where, when and for whom?
-- grain: one row per activity in a country for an audience, most learners first
-- param $rows
-- param $row
-- param $country_iso3
-- param $stage
-- param $mission
-- param $audience
-- param $region
-- param $member_type
-- param $from_month
-- param $to_month
-- column activity_id VARCHAR: the same for all organisations of one activity
-- column activity VARCHAR: what, in a few words
-- column lead VARCHAR: who leads, NULL where not stated
-- column supported_by VARCHAR: who supports it, separated by semicolons
-- column country VARCHAR: where
-- column activity_type VARCHAR: its kind
-- column mission VARCHAR: mission
-- column audience VARCHAR: for whom
-- column stage VARCHAR: offered, confirmed, delivering, delivered or not stated
-- column began_on DATE: when: first day
-- column ended_on DATE: when: last day, blank while it goes on
-- column people_targeted BIGINT: people meant to be reached
-- column people_direct BIGINT: people of the audience reached directly
-- column people_indirect BIGINT: people reached indirectly; never added to the others
-- column told_on DATE: day of the newest list that names it
WITH organisation AS (
    SELECT
        activity_key,
        string_agg(member, '; ' ORDER BY member) FILTER (WHERE role = 'supporter') AS supported_by
    FROM fct_activity_member
    GROUP BY activity_key
)

SELECT
    a.activity_id,
    a.activity,
    a.lead,
    o.supported_by,
    a.country,
    a.activity_type,
    a.mission,
    a.audience,
    a.stage,
    a.began_on,
    a.ended_on,
    a.people_targeted,
    a.people_direct,
    a.people_indirect,
    a.told_on
FROM fct_activity_5w AS a
INNER JOIN organisation AS o ON a.activity_key = o.activity_key
WHERE
    fragment.activity_stage(a)
    AND fragment.activity_filters(a)
    AND ($country_iso3 IS NULL OR a.country_iso3 = $country_iso3)
    AND (
        $row IS NULL
        OR ($rows = 'activity' AND a.activity_type = $row)
        OR (coalesce($rows, 'mission') = 'mission' AND a.mission = $row)
        OR ($rows = 'member' AND EXISTS (SELECT 1 FROM fct_activity_member AS r WHERE r.activity_key = a.activity_key AND r.member = $row))
    )
ORDER BY a.people_direct DESC NULLS LAST, a.activity_key
