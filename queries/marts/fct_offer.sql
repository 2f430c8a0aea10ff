-- title: Offers of members, as last stated
-- grain: one row per offer
-- column offer_id VARCHAR: stable id
-- column partner_id VARCHAR: the member that offers
-- column member VARCHAR: its name, or its id where the register does not have it
-- column offer VARCHAR: what it is, in a few words
-- column activity_type VARCHAR: its kind
-- column mission VARCHAR: mission of the coalition, NULL where not stated
-- column audience VARCHAR: learners, teachers, parents or institutions
-- column countries VARCHAR: all, or alpha-3 codes each between semicolons
-- column languages VARCHAR: all, or ISO 639 codes each between semicolons
-- column levels VARCHAR: all, or levels each between semicolons
-- column tier VARCHAR: no-tech, low-tech or hi-tech
-- column tier_rank BIGINT: 1 no-tech, 2 low-tech, 3 hi-tech
-- column is_free BOOLEAN: costs nothing
-- column free_until DATE: last day on which it is free, 2100-01-01 where that has no end
-- column capacity BIGINT: people that can be served, NULL where it has no limit
-- column valid_from DATE: first day
-- column valid_to DATE: last day before it ended or was withdrawn, 2100-01-01 while it stands
-- column focal_point VARCHAR: address of a role, or a domain: of the offer, else of the member; NULL where none is named
-- column focal_point_confirmed_on DATE: day on which that focal point last answered
-- column recorded_on DATE: day on which it was recorded
-- column withdrawn_on DATE: day on which it was withdrawn, NULL while it stands
-- column provenance VARCHAR: published, reported or demo
WITH newest AS (
    SELECT
        offer_id,
        partner_id,
        offer,
        activity_type,
        mission,
        audience,
        countries,
        languages,
        levels,
        tier,
        is_free,
        free_until,
        capacity,
        valid_from,
        valid_to,
        focal_point,
        focal_point_confirmed_on,
        recorded_on,
        withdrawn_on,
        provenance,
        -- Files of one day may both state an offer; one row of them is taken, the same each time.
        row_number() OVER (
            PARTITION BY offer_id
            ORDER BY recorded_on, partner_id, offer, countries, languages, levels, tier, valid_from, valid_to, capacity
        ) AS take
    FROM stg_offers__offers
    WHERE is_newest
)

SELECT
    o.offer_id,
    o.partner_id,
    coalesce(m.member, replace(o.partner_id, '_', ' ')) AS member,
    o.offer,
    o.activity_type,
    o.mission,
    o.audience,
    o.countries,
    o.languages,
    o.levels,
    o.tier,
    cast(CASE o.tier WHEN 'no-tech' THEN 1 WHEN 'low-tech' THEN 2 ELSE 3 END AS bigint) AS tier_rank,
    o.is_free,
    coalesce(o.free_until, cast('2100-01-01' AS date)) AS free_until,
    o.capacity,
    o.valid_from,
    least(coalesce(o.valid_to, cast('2100-01-01' AS date)), coalesce(o.withdrawn_on - 1, cast('2100-01-01' AS date)))
        AS valid_to,
    coalesce(o.focal_point, m.focal_point) AS focal_point,
    CASE WHEN o.focal_point IS NULL THEN m.focal_point_confirmed_on ELSE o.focal_point_confirmed_on END
        AS focal_point_confirmed_on,
    o.recorded_on,
    o.withdrawn_on,
    o.provenance
FROM newest AS o
LEFT JOIN dim_member AS m ON o.partner_id = m.partner_id
WHERE o.take = 1
ORDER BY o.offer_id
