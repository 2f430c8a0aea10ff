-- title: Agreements with universities
-- grain: one row per capture and agreement as sent
-- column captured_on DATE: day of the list
-- column is_newest BOOLEAN: of the newest list of this partner's programme
-- column partner_id VARCHAR: who reports
-- column programme_id VARCHAR: programme
-- column university VARCHAR: who signed
-- column country_iso3 VARCHAR: its country, or unknown
-- column agreed_on DATE: day of the agreement
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY partner_id, programme_id) AS is_newest,
    partner_id,
    programme_id,
    university,
    country_iso3,
    agreed_on,
    provenance
FROM raw_recognitions
WHERE record = 'agreement'
ORDER BY captured_on, partner_id, programme_id, university, country_iso3, agreed_on
