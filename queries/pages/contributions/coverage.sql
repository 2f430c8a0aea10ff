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
-- column need_from_year BIGINT: first year that the rows which state people in need are for, or that of their list where they have no date; NULL where none states them
-- column need_to_year BIGINT: last year that they are for
-- column from_year BIGINT: first year in which activities with a target began, NULL where none is dated
-- column to_year BIGINT: last year in which they began
-- column periods VARCHAR: same where years of need and activities overlap, different where they do not, not stated where an activity has no date or no need is stated
-- column people_targeted BIGINT: people they are meant to reach
-- column people_reached BIGINT: people reached directly in the place and year of a target; where a row of the place has no date, in the place
-- column gap BIGINT: people targeted and not reached, 0 at least in each place and year before it is summed
-- column surplus BIGINT: people reached beyond the target of their place; they close no gap elsewhere
-- column share_covered DOUBLE: reached / targeted; may be over 1
-- column share_of_need DOUBLE: reached / in need; may be over 1; NULL where the periods are different
-- column cause VARCHAR: of more than 100 %: several_activities may have reached the same people, or more_than_planned came
-- metric: contribution_gap
-- metric: share_covered
-- caveat: People reached in another year than the target of their place close no gap: they are not in this list.
-- caveat: Where the number of people reached is not stated, the gap is the number targeted.
WITH place AS (
    SELECT * FROM fragment.coverage_place
),

cell AS (
    SELECT
        country_iso3,
        country,
        activity_type,
        audience,
        min(period) AS from_year,
        max(period) AS to_year,
        count(*) = count(period) AS is_dated,
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
        AND fragment.activity_filters(a)
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
    year(n.from_on) AS need_from_year,
    year(n.until_on) AS need_to_year,
    c.from_year,
    c.to_year,
    CASE
        WHEN n.from_on IS NULL OR NOT c.is_dated THEN 'not stated'
        WHEN year(n.from_on) <= c.to_year AND year(n.until_on) >= c.from_year THEN 'same'
        ELSE 'different'
    END AS periods,
    c.people_targeted,
    c.people_reached,
    c.gap,
    c.surplus,
    share_covered(c.people_reached, c.people_targeted) AS share_covered,
    CASE
        WHEN NOT coalesce(c.is_dated AND (year(n.from_on) > c.to_year OR year(n.until_on) < c.from_year), FALSE)
            THEN share_covered(c.people_reached, n.people_in_need)
    END AS share_of_need,
    CASE
        WHEN c.people_reached <= c.people_targeted THEN NULL
        WHEN t.activities > 1 THEN 'several_activities'
        ELSE 'more_than_planned'
    END AS cause
FROM cell AS c
LEFT JOIN acting AS t ON c.country_iso3 = t.country_iso3 AND c.activity_type = t.activity_type AND c.audience = t.audience
LEFT JOIN fct_education_need AS n ON c.country_iso3 = n.country_iso3 AND c.audience = n.audience
ORDER BY c.gap DESC, c.country, c.activity_type, c.audience
