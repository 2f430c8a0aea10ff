-- title: Members of the coalition as registered
-- grain: one row per capture and member
-- column captured_on DATE: day of the file
-- column is_newest BOOLEAN: of the newest file that has this partner id
-- column partner_id VARCHAR: stable id of the member, the same in every file
-- column partner VARCHAR: name as shown
-- column member_type VARCHAR: private sector, multilateral, civil society, network or media
-- column country_iso3 VARCHAR: country of its seat
-- column joined_on DATE: day on which it joined
-- column left_on DATE: day on which it left
-- column focal_point VARCHAR: address of a role, such as education@…
-- column focal_point_confirmed_on DATE: day on which the focal point last answered
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY partner_id) AS is_newest,
    partner_id,
    partner,
    member_type,
    country_iso3,
    joined_on,
    left_on,
    focal_point,
    focal_point_confirmed_on,
    provenance
FROM raw_partners
ORDER BY captured_on, partner_id, partner, member_type, country_iso3, joined_on, left_on, focal_point, focal_point_confirmed_on
