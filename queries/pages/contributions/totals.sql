-- title: How much do members contribute, in how many countries, and how far do their claims overlap?
-- grain: one row
-- param $stage VARCHAR: offered, confirmed, delivering, delivered, not stated, or NULL for all but those merely offered
-- param $mission VARCHAR: mission, or NULL for all
-- param $audience VARCHAR: learners, teachers, parents or institutions, or NULL for all
-- param $region VARCHAR: M49 region or sub-region, or NULL for the world
-- param $member_type VARCHAR: type of a member that leads or supports, or NULL for all
-- param $from_month DATE: first day of the first month, or NULL for the first
-- param $to_month DATE: first day of the last month, or NULL for the last
-- column activities BIGINT: distinct activities of education
-- column members_active BIGINT: members on the register that lead or support one
-- column members BIGINT: members on the register that had not left by the day of the newest list
-- column others_active BIGINT: organisations that lead or support one and are not on the register
-- column countries BIGINT: countries with one
-- column learners_direct BIGINT: learners reached directly, once for each activity
-- column learners_indirect BIGINT: learners reached indirectly; never added to the others
-- column learners_claimed BIGINT: sum of what each organisation counts as its own
-- column overlap_factor DOUBLE: sum of claims / learners reached directly
-- column top_three_members DOUBLE: learners of the three with the largest equal parts / learners reached directly
-- column learners_of_three DOUBLE: learners of the three with the largest equal parts, its numerator; learners_direct is its denominator
-- column top_three VARCHAR: who they are, largest first
-- column teachers_direct BIGINT: teachers reached directly
-- column parents_direct BIGINT: parents reached directly
-- column institutions_direct BIGINT: institutions reached directly
-- column others_direct BIGINT: people reached directly of whom it is not stated who they are
-- column activities_without_stage BIGINT: among the activities, those whose stage is not stated
-- column activities_offered BIGINT: recorded, not counted above
-- column activities_other_sectors BIGINT: of other sectors than education, kept apart
-- column activities_sector_not_stated BIGINT: of lists that state no sector, neither counted nor of another sector
-- column told_on DATE: day of the newest list
-- metric: members_active
-- metric: countries_with_activity = countries
-- metric: learners_contributed_direct = learners_direct
-- metric: learners_contributed_indirect = learners_indirect
-- metric: overlap_factor
-- metric: top_three_members
WITH chosen AS (
    SELECT
        a.activity_key,
        a.activity_id,
        a.is_education,
        a.sector,
        a.is_education AND (a.stage = $stage OR ($stage IS NULL AND a.is_counted)) AS is_asked,
        a.country_iso3,
        a.audience,
        a.stage,
        a.people_direct,
        a.learners_direct,
        a.learners_indirect,
        a.told_on
    FROM fct_activity_5w AS a
    WHERE
        fragment.activity_filters(a)
),

organisation AS (
    SELECT
        o.partner_id,
        o.member,
        o.is_member,
        sum(o.learners_claimed) AS learners_claimed,
        sum(o.fractional_learners) AS fractional_learners,
        row_number() OVER (ORDER BY sum(o.fractional_learners) DESC NULLS LAST, o.partner_id) AS place
    FROM fct_activity_member AS o
    INNER JOIN chosen AS c ON o.activity_key = c.activity_key AND c.is_asked
    GROUP BY o.partner_id, o.member, o.is_member
),

by_member AS (
    SELECT
        count(*) FILTER (WHERE is_member AND ($member_type IS NULL OR partner_id IN (SELECT d.partner_id FROM dim_member AS d WHERE d.member_type = $member_type)))::bigint AS members_active,
        count(*) FILTER (WHERE NOT is_member AND partner_id IS NOT NULL)::bigint AS others_active,
        sum(learners_claimed)::bigint AS learners_claimed,
        sum(fractional_learners) FILTER (WHERE place <= 3) AS learners_of_three,
        string_agg(member, '; ' ORDER BY place) FILTER (WHERE place <= 3 AND fractional_learners > 0) AS top_three
    FROM organisation
),

by_activity AS (
    SELECT
        count(DISTINCT activity_id) FILTER (WHERE is_asked)::bigint AS activities,
        count(DISTINCT country_iso3) FILTER (WHERE is_asked)::bigint AS countries,
        sum(learners_direct) FILTER (WHERE is_asked)::bigint AS learners_direct,
        sum(learners_indirect) FILTER (WHERE is_asked)::bigint AS learners_indirect,
        sum(people_direct) FILTER (WHERE is_asked AND stage <> 'offered' AND audience = 'teachers')::bigint AS teachers_direct,
        sum(people_direct) FILTER (WHERE is_asked AND stage <> 'offered' AND audience = 'parents')::bigint AS parents_direct,
        sum(people_direct) FILTER (WHERE is_asked AND stage <> 'offered' AND audience = 'institutions')::bigint AS institutions_direct,
        sum(people_direct) FILTER (WHERE is_asked AND stage <> 'offered' AND audience = 'not stated')::bigint AS others_direct,
        count(DISTINCT activity_id) FILTER (WHERE is_asked AND stage = 'not stated')::bigint AS activities_without_stage,
        count(DISTINCT activity_id) FILTER (WHERE is_education AND stage = 'offered')::bigint AS activities_offered,
        count(DISTINCT activity_id) FILTER (WHERE NOT is_education AND sector <> 'not stated')::bigint AS activities_other_sectors,
        count(DISTINCT activity_id) FILTER (WHERE sector = 'not stated')::bigint AS activities_sector_not_stated,
        max(told_on) AS told_on
    FROM chosen
)

SELECT
    a.activities,
    members_active(m.members_active) AS members_active,
    (SELECT count(*) FROM dim_member AS d WHERE (d.left_on IS NULL OR d.left_on > a.told_on) AND ($member_type IS NULL OR d.member_type = $member_type))::bigint AS members,
    m.others_active,
    countries_with_activity(a.countries) AS countries,
    learners_contributed_direct(a.learners_direct) AS learners_direct,
    learners_contributed_indirect(a.learners_indirect) AS learners_indirect,
    m.learners_claimed,
    overlap_factor(m.learners_claimed, a.learners_direct) AS overlap_factor,
    top_three_members(m.learners_of_three, a.learners_direct) AS top_three_members,
    m.learners_of_three,
    m.top_three,
    a.teachers_direct,
    a.parents_direct,
    a.institutions_direct,
    a.others_direct,
    a.activities_without_stage,
    a.activities_offered,
    a.activities_other_sectors,
    a.activities_sector_not_stated,
    a.told_on
FROM by_activity AS a
CROSS JOIN by_member AS m
ORDER BY a.activities
