-- title: Specialisations as partners export them from Coursera
-- grain: one row per capture, learner and specialisation as exported
-- column captured_on DATE: day of the export
-- column is_newest BOOLEAN: of the newest export of this partner's programme
-- column id_key VARCHAR: key of the partner's id of the learner, NULL where blank
-- column email_key VARCHAR: key of the e-mail address, NULL where blank
-- column partner_id VARCHAR: who reports
-- column programme_id VARCHAR: programme
-- column specialisation VARCHAR: its name
-- column credential_type VARCHAR: specialisation or professional certificate
-- column enrolled_on DATE: day of enrolment
-- column is_awarded BOOLEAN: completed, and a certificate issued where the layout tells
-- column awarded_on DATE: day of completion, NULL where not told
-- column country_host VARCHAR: ISO 3166 alpha-3, or unknown
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY partner_id, programme_id) AS is_newest,
    id_key,
    email_key,
    partner_id,
    programme_id,
    specialisation,
    credential_type,
    enrolled_on,
    is_completed AND coalesce(has_certificate, TRUE) AS is_awarded,
    completed_on AS awarded_on,
    country_host,
    provenance
FROM raw_coursera_specializations
ORDER BY captured_on, partner_id, programme_id, id_key, email_key, specialisation, enrolled_on, awarded_on, is_awarded, country_host
