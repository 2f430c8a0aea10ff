-- title: How large is the gap between people targeted and people reached, for each audience?
-- grain: one row per audience with a target or with people in need
-- param $stage VARCHAR: confirmed, delivering, delivered, not stated, or NULL for all of them
-- param $mission VARCHAR: mission, or NULL for all
-- param $audience VARCHAR: learners, teachers, parents or institutions, or NULL for all
-- param $region VARCHAR: M49 region or sub-region, or NULL for the world
-- param $member_type VARCHAR: type of a member that leads or supports, or NULL for all
-- param $from_month DATE: first day of the first month, or NULL for the first
-- param $to_month DATE: first day of the last month, or NULL for the last
-- column audience VARCHAR: for whom
-- column cells BIGINT: combinations of place, year and kind of activity with a target
-- column cells_over BIGINT: of them, with more reached than targeted
-- column people_in_need BIGINT: people in need, over all places, for every choice except audience and region; NULL where none are stated
-- column people_targeted BIGINT: people meant to be reached; like what follows NULL where no target is stated
-- column people_reached BIGINT: people reached directly in the cell of a target
-- column need_from_year BIGINT: first year that the rows which state people in need are for, or that of their list where they have no date; NULL where none states them
-- column need_to_year BIGINT: last year that they are for
-- column gap BIGINT: people targeted and not reached, 0 at least in each cell before it is summed
-- column surplus BIGINT: people reached beyond the target of their cell; they close no gap elsewhere
-- column share_covered DOUBLE: reached / targeted; may be over 1
-- metric: contribution_gap
-- metric: share_covered
-- caveat: A surplus in one place does not reduce the gap in another, so the gap can be more than people targeted less people reached.
WITH place AS (
    SELECT * FROM fragment.coverage_place
),

covered AS (
    SELECT
        audience,
        count(*)::bigint AS cells,
        count(*) FILTER (WHERE people_reached > people_targeted)::bigint AS cells_over,
        sum(people_targeted)::bigint AS people_targeted,
        sum(people_reached)::bigint AS people_reached,
        sum(contribution_gap(people_targeted, people_reached))::bigint AS gap,
        sum(greatest(people_reached - people_targeted, 0))::bigint AS surplus
    FROM place
    GROUP BY audience
),

need AS (
    SELECT
        n.audience,
        sum(n.people_in_need)::bigint AS people_in_need,
        min(year(n.from_on)) AS from_year,
        max(year(n.until_on)) AS to_year
    FROM fct_education_need AS n
    WHERE ($audience IS NULL OR n.audience = $audience) AND ($region IS NULL OR $region IN (n.region, n.sub_region))
    GROUP BY n.audience
)

SELECT
    coalesce(c.audience, n.audience) AS audience,
    coalesce(c.cells, 0)::bigint AS cells,
    coalesce(c.cells_over, 0)::bigint AS cells_over,
    n.people_in_need,
    c.people_targeted,
    c.people_reached,
    n.from_year AS need_from_year,
    n.to_year AS need_to_year,
    c.gap,
    c.surplus,
    share_covered(c.people_reached, c.people_targeted) AS share_covered
FROM covered AS c
FULL JOIN need AS n ON c.audience = n.audience
ORDER BY c.people_targeted DESC NULLS LAST, coalesce(c.audience, n.audience)
