-- title: Credentials that universities were asked to recognise
-- grain: one row per capture and request as sent
-- column captured_on DATE: day of the list
-- column is_newest BOOLEAN: of the newest list of this partner's programme
-- column id_key VARCHAR: key of the partner's id of the learner, NULL where blank
-- column email_key VARCHAR: key of the e-mail address, NULL where blank
-- column partner_id VARCHAR: who reports
-- column programme_id VARCHAR: programme of the credential
-- column credential VARCHAR: what was to be recognised, NULL where not told
-- column university VARCHAR: who was asked
-- column country_iso3 VARCHAR: its country, or unknown
-- column requested_on DATE: day of the request
-- column decided_on DATE: day of the decision, NULL while pending
-- column decision VARCHAR: recognised, refused, or NULL while pending
-- column reason VARCHAR: of a refusal
-- column ects_requested DOUBLE: credits asked for
-- column ects_awarded DOUBLE: credits awarded
-- column transferred_on DATE: day of transfer, NULL where none
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY partner_id, programme_id) AS is_newest,
    id_key,
    email_key,
    partner_id,
    programme_id,
    credential,
    university,
    country_iso3,
    requested_on,
    decided_on,
    decision,
    reason,
    ects_requested,
    ects_awarded,
    transferred_on,
    provenance
FROM raw_recognitions
WHERE record = 'request'
ORDER BY
    captured_on, partner_id, programme_id, id_key, email_key, university, country_iso3, credential, requested_on, decided_on, decision,
    reason, ects_requested, ects_awarded, transferred_on
