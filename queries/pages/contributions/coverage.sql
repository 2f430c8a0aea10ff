-- title: How many people were in need, targeted and reached in each country, by kind of activity and audience?
-- grain: one row per country, kind of activity and audience with a target, largest gap first
-- param $stage VARCHAR: confirmed, delivering, delivered, not stated, or NULL for all of them
-- param $mission VARCHAR: mission, or NULL for all
-- param $audience VARCHAR: learners, teachers, parents or institutions, or NULL for all
-- param $region VARCHAR: M49 region or sub-region, or NULL for the world
-- param $member_type VARCHAR: type of a member that leads or supports, or NULL for all
-- param $from_month DATE: first day of the first month, or NULL for the first
-- param $to_month DATE: first day of the last month, or NULL for the last
-- column country VARCHAR: where
-- column activity_type VARCHAR: kind of activity
-- column audience VARCHAR: for whom
-- column activities BIGINT: distinct activities
-- column people_in_need BIGINT: people in need: the most that one of them states
-- column people_targeted BIGINT: people they are meant to reach
-- column people_reached BIGINT: people they reached directly
-- column gap BIGINT: people targeted and not reached; 0 where as many or more were reached
-- column surplus BIGINT: people reached beyond the target
-- column share_covered DOUBLE: reached / targeted; may be over 1
-- column share_of_need DOUBLE: reached / in need; may be over 1
-- column cause VARCHAR: of more than 100 %: several_activities may have reached the same people, or more_than_planned came
-- metric: contribution_gap
-- metric: share_covered
-- caveat: Where nothing is said of people reached, all who were targeted are the gap.
SELECT
    a.country,
    a.activity_type,
    a.audience,
    count(DISTINCT a.activity_id)::bigint AS activities,
    max(a.people_in_need) AS people_in_need,
    sum(a.people_targeted)::bigint AS people_targeted,
    coalesce(sum(a.people_direct), 0)::bigint AS people_reached,
    contribution_gap(sum(a.people_targeted), coalesce(sum(a.people_direct), 0)) AS gap,
    greatest(coalesce(sum(a.people_direct), 0) - sum(a.people_targeted), 0)::bigint AS surplus,
    share_covered(coalesce(sum(a.people_direct), 0), sum(a.people_targeted)) AS share_covered,
    share_covered(coalesce(sum(a.people_direct), 0), max(a.people_in_need)) AS share_of_need,
    CASE
        WHEN coalesce(sum(a.people_direct), 0) <= sum(a.people_targeted) THEN NULL
        WHEN count(DISTINCT a.activity_id) > 1 THEN 'several_activities'
        ELSE 'more_than_planned'
    END AS cause
FROM fct_activity_5w AS a
WHERE
    a.is_education
    AND a.is_counted
    AND ($stage IS NULL OR a.stage = $stage)
    AND ($mission IS NULL OR a.mission = $mission)
    AND ($audience IS NULL OR a.audience = $audience)
    AND ($region IS NULL OR $region IN (a.region, a.sub_region))
    AND ($member_type IS NULL OR EXISTS (SELECT 1 FROM fct_activity_member AS m WHERE m.activity_key = a.activity_key AND m.member_type = $member_type))
    AND ($from_month IS NULL OR a.until_on >= $from_month)
    AND ($to_month IS NULL OR a.began_on <= last_day($to_month))
    AND a.people_targeted IS NOT NULL
GROUP BY a.country_iso3, a.country, a.activity_type, a.audience
ORDER BY gap DESC, a.country, a.activity_type, a.audience
