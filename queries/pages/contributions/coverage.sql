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
-- column activities BIGINT: distinct activities; a row of a table of needs is none
-- column people_in_need BIGINT: people in need there, over its places, for every choice except audience and region
-- column people_targeted BIGINT: people they are meant to reach
-- column people_reached BIGINT: people they reached directly
-- column gap BIGINT: people targeted and not reached, 0 at least in each place before it is summed
-- column surplus BIGINT: people reached beyond the target of their place; they close no gap elsewhere
-- column share_covered DOUBLE: reached / targeted; may be over 1
-- column share_of_need DOUBLE: reached / in need; may be over 1
-- column cause VARCHAR: of more than 100 %: several_activities may have reached the same people, or more_than_planned came
-- metric: contribution_gap
-- metric: share_covered
-- caveat: Where the number of people reached is not stated, the gap is the number targeted.
WITH place AS (
    SELECT
        a.country_iso3,
        a.country,
        a.activity_type,
        a.audience,
        sum(a.people_targeted)::bigint AS people_targeted,
        coalesce(sum(a.people_direct), 0)::bigint AS people_reached
    FROM fct_coverage_place AS a
    WHERE
        ($stage IS NULL OR a.stage = $stage)
        AND ($mission IS NULL OR a.mission = $mission)
        AND ($audience IS NULL OR a.audience = $audience)
        AND ($region IS NULL OR $region IN (a.region, a.sub_region))
        AND ($member_type IS NULL OR EXISTS (SELECT 1 FROM fct_activity_member AS m WHERE m.activity_key = a.activity_key AND m.member_type = $member_type))
        AND ($from_month IS NULL OR a.until_on >= $from_month)
        AND ($to_month IS NULL OR a.began_on <= last_day($to_month))
        AND a.is_counted
    GROUP BY a.country_iso3, a.country, a.activity_type, a.audience, a.place1, a.place2, a.place3
    HAVING count(a.people_targeted) > 0
),

cell AS (
    SELECT
        country_iso3,
        country,
        activity_type,
        audience,
        sum(people_targeted)::bigint AS people_targeted,
        sum(people_reached)::bigint AS people_reached,
        sum(contribution_gap(people_targeted, people_reached))::bigint AS gap,
        sum(greatest(people_reached - people_targeted, 0))::bigint AS surplus
    FROM place
    GROUP BY country_iso3, country, activity_type, audience
),

acting AS (
    SELECT
        a.country_iso3,
        a.activity_type,
        a.audience,
        count(DISTINCT a.activity_id) AS activities
    FROM fct_coverage_place AS a
    WHERE
        ($stage IS NULL OR a.stage = $stage)
        AND ($mission IS NULL OR a.mission = $mission)
        AND ($audience IS NULL OR a.audience = $audience)
        AND ($region IS NULL OR $region IN (a.region, a.sub_region))
        AND ($member_type IS NULL OR EXISTS (SELECT 1 FROM fct_activity_member AS m WHERE m.activity_key = a.activity_key AND m.member_type = $member_type))
        AND ($from_month IS NULL OR a.until_on >= $from_month)
        AND ($to_month IS NULL OR a.began_on <= last_day($to_month))
        AND a.is_counted
        AND a.is_activity
    GROUP BY a.country_iso3, a.activity_type, a.audience
)

SELECT
    c.country,
    c.activity_type,
    c.audience,
    coalesce(t.activities, 0)::bigint AS activities,
    n.people_in_need,
    c.people_targeted,
    c.people_reached,
    c.gap,
    c.surplus,
    share_covered(c.people_reached, c.people_targeted) AS share_covered,
    share_covered(c.people_reached, n.people_in_need) AS share_of_need,
    CASE
        WHEN c.people_reached <= c.people_targeted THEN NULL
        WHEN t.activities > 1 THEN 'several_activities'
        ELSE 'more_than_planned'
    END AS cause
FROM cell AS c
LEFT JOIN acting AS t ON c.country_iso3 = t.country_iso3 AND c.activity_type = t.activity_type AND c.audience = t.audience
LEFT JOIN fct_education_need AS n ON c.country_iso3 = n.country_iso3 AND c.audience = n.audience
ORDER BY c.gap DESC, c.country, c.activity_type, c.audience
