-- title: Members of the coalition, as last registered
-- grain: one row per member
-- column partner_id VARCHAR: stable id
-- column member VARCHAR: name as shown
-- column member_type VARCHAR: private sector, multilateral, civil society, network or media
-- column country_iso3 VARCHAR: seat, NULL where not stated
-- column joined_on DATE: day on which it joined
-- column left_on DATE: day on which it left, NULL while it is a member
-- column focal_point VARCHAR: address of a role, or a domain; NULL where none is named
-- column focal_point_confirmed_on DATE: day on which the focal point last answered
-- column provenance VARCHAR: published, reported or demo
WITH newest AS (
    SELECT
        partner_id,
        partner AS member,
        member_type,
        country_iso3,
        joined_on,
        left_on,
        focal_point,
        focal_point_confirmed_on,
        provenance,
        -- Files of one day may both name a member; one row of them is taken, the same each time.
        row_number() OVER (
            PARTITION BY partner_id
            ORDER BY partner, member_type, country_iso3, joined_on, left_on, focal_point, focal_point_confirmed_on
        ) AS take
    FROM stg_partners__register
    WHERE is_newest
)

SELECT
    partner_id,
    member,
    member_type,
    country_iso3,
    joined_on,
    left_on,
    focal_point,
    focal_point_confirmed_on,
    provenance
FROM newest
WHERE take = 1
ORDER BY partner_id
