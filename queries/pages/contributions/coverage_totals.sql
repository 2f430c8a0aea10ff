-- title: How large is the gap between people targeted and people reached, for each audience?
-- grain: one row per audience with a target
-- param $stage VARCHAR: confirmed, delivering, delivered, not stated, or NULL for all of them
-- param $mission VARCHAR: mission, or NULL for all
-- param $audience VARCHAR: learners, teachers, parents or institutions, or NULL for all
-- param $region VARCHAR: M49 region or sub-region, or NULL for the world
-- param $member_type VARCHAR: type of a member that leads or supports, or NULL for all
-- param $from_month DATE: first day of the first month, or NULL for the first
-- param $to_month DATE: first day of the last month, or NULL for the last
-- column audience VARCHAR: for whom
-- column cells BIGINT: combinations of country and kind of activity with a target
-- column cells_over BIGINT: of them, with more reached than targeted
-- column people_in_need BIGINT: people in need: the most stated in each country, summed over countries
-- column people_targeted BIGINT: people meant to be reached
-- column people_reached BIGINT: people reached directly
-- column gap BIGINT: people targeted and not reached, 0 at least in each cell before it is summed
-- column surplus BIGINT: people reached beyond the target of their cell; they close no gap elsewhere
-- column share_covered DOUBLE: reached / targeted; may be over 1
-- metric: contribution_gap
-- metric: share_covered
-- caveat: A surplus here cannot hide a gap there, so that gap is more than targeted less reached.
WITH cell AS (
    SELECT
        a.country_iso3,
        a.audience,
        max(a.people_in_need) AS people_in_need,
        sum(a.people_targeted) AS people_targeted,
        coalesce(sum(a.people_direct), 0) AS people_reached
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
    GROUP BY a.country_iso3, a.activity_type, a.audience
),

need AS (
    SELECT
        audience,
        country_iso3,
        max(people_in_need) AS people_in_need
    FROM cell
    GROUP BY audience, country_iso3
)

SELECT
    c.audience,
    count(*)::bigint AS cells,
    count(*) FILTER (WHERE c.people_reached > c.people_targeted)::bigint AS cells_over,
    (SELECT sum(n.people_in_need) FROM need AS n WHERE n.audience = c.audience)::bigint AS people_in_need,
    sum(c.people_targeted)::bigint AS people_targeted,
    sum(c.people_reached)::bigint AS people_reached,
    sum(contribution_gap(c.people_targeted, c.people_reached))::bigint AS gap,
    sum(greatest(c.people_reached - c.people_targeted, 0))::bigint AS surplus,
    share_covered(sum(c.people_reached), sum(c.people_targeted)) AS share_covered
FROM cell AS c
GROUP BY c.audience
ORDER BY sum(c.people_targeted) DESC, c.audience
