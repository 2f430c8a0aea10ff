-- title: Which partners reach the learners?
-- grain: one row per partner, largest first
-- param $on_date DATE: day, or NULL for the day of the newest file
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- column partner_id VARCHAR: who reports
-- column partner VARCHAR: its name, or its id where the reference does not have it
-- column learners_reached BIGINT: distinct learners reached, also those whom others report too
-- column share_of_reports DOUBLE: of the sum over partners, 0 to 1
-- column is_top_three BOOLEAN: among the three largest
-- column share_top_three DOUBLE: the three largest together, of the sum over partners
-- column learners_of_three BIGINT: learners that the three largest report, its numerator
-- column learners_reported BIGINT: sum over partners, its denominator
-- metric: top_three_dependency = share_top_three
-- caveat: The shares are of what partners report, in which a learner of two partners counts twice.
WITH newest AS (
    SELECT
        partner_id,
        max(learners_reached) AS learners_reached
    FROM cube_reach
    WHERE
        programme_id = coalesce($programme_id, 'all')
        AND partner_id <> 'all'
        AND ($on_date IS NULL OR on_date <= $on_date)
    GROUP BY partner_id
),

ranked AS (
    SELECT
        partner_id,
        learners_reached,
        row_number() OVER (ORDER BY learners_reached DESC, partner_id) <= 3 AS is_top_three,
        sum(learners_reached) OVER () AS reports
    FROM newest
    WHERE learners_reached > 0
),

names AS (
    SELECT
        partner_id,
        max(partner) AS partner
    FROM dim_stream
    GROUP BY partner_id
)

SELECT
    r.partner_id,
    n.partner,
    r.learners_reached,
    part_of(r.learners_reached, r.reports) AS share_of_reports,
    r.is_top_three,
    top_three_dependency(sum(r.learners_reached) FILTER (WHERE r.is_top_three) OVER (), r.reports) AS share_top_three,
    sum(r.learners_reached) FILTER (WHERE r.is_top_three) OVER ()::bigint AS learners_of_three,
    r.reports::bigint AS learners_reported
FROM ranked AS r
LEFT JOIN names AS n ON r.partner_id = n.partner_id
ORDER BY r.learners_reached DESC, r.partner_id
