-- title: Agreements with universities, newest list of each partner
-- grain: one row per partner, programme and university
-- column partner_id VARCHAR: who signed with it
-- column programme_id VARCHAR: programme
-- column university VARCHAR: university
-- column country_iso3 VARCHAR: its country, or unknown
-- column agreed_on DATE: first day of an agreement
SELECT
    partner_id,
    programme_id,
    university,
    country_iso3,
    min(a.agreed_on) AS agreed_on
FROM stg_recognitions__agreements AS a
WHERE is_newest
GROUP BY partner_id, programme_id, university, country_iso3
ORDER BY partner_id, programme_id, university, country_iso3
