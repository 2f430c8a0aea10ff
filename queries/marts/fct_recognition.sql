-- title: Requests to recognise a credential, from asking to transfer
-- grain: one row per learner, partner, programme, university, credential and day of the request
-- column learner_key VARCHAR: learner
-- column partner_id VARCHAR: who reports
-- column programme_id VARCHAR: programme of the credential
-- column university VARCHAR: who was asked
-- column country_iso3 VARCHAR: its country, or unknown
-- column credential VARCHAR: what was to be recognised, NULL where not told
-- column requested_on DATE: day of the request
-- column decided_on DATE: day of the decision, NULL while pending
-- column decision VARCHAR: recognised, refused or pending
-- column reason VARCHAR: of a refusal
-- column transferred_on DATE: day of transfer, NULL where none
-- column ects_requested DOUBLE: credits asked for
-- column ects_awarded DOUBLE: credits awarded
-- column as_of_on DATE: day of the list
-- column provenance VARCHAR: published, reported or demo
SELECT
    coalesce(r.id_key, i.learner_key, r.email_key) AS learner_key,
    r.partner_id,
    r.programme_id,
    r.university,
    r.country_iso3,
    r.credential,
    r.requested_on,
    min(r.decided_on) AS decided_on,
    coalesce(max(r.decision) FILTER (WHERE r.decision = 'recognised'), max(r.decision), 'pending') AS decision,
    max(r.reason) AS reason,
    min(r.transferred_on) AS transferred_on,
    max(r.ects_requested) AS ects_requested,
    max(r.ects_awarded) AS ects_awarded,
    max(r.captured_on) AS as_of_on,
    max(r.provenance) AS provenance
FROM stg_recognitions__requests AS r
LEFT JOIN int_identity AS i ON r.email_key = i.email_key
WHERE r.is_newest
GROUP BY
    coalesce(r.id_key, i.learner_key, r.email_key), r.partner_id, r.programme_id, r.university, r.country_iso3, r.credential, r.requested_on
ORDER BY partner_id, programme_id, university, country_iso3, credential, requested_on, learner_key
