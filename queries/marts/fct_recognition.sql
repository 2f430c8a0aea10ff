-- title: Requests to recognise a credential, from asking to transfer
-- grain: one row per learner, partner, programme, university, credential and day of the request
-- column learner_key VARCHAR: learner, as this partner's files alone know her
-- column partner_id VARCHAR: who reports
-- column programme_id VARCHAR: programme of the credential
-- column university VARCHAR: who was asked
-- column country_iso3 VARCHAR: its country, or unknown
-- column credential VARCHAR: what was to be recognised; unnamed and the credits asked for where not told
-- column requested_on DATE: day of the request
-- column decided_on DATE: day of the decision, NULL while pending
-- column decision VARCHAR: recognised, refused or pending
-- column reason VARCHAR: of a refusal
-- column transferred_on DATE: day of transfer, NULL where none
-- column ects_requested DOUBLE: credits asked for
-- column ects_awarded DOUBLE: credits awarded
-- column as_of_on DATE: day of the list
-- column provenance VARCHAR: published, reported or demo
WITH requests AS (
    SELECT
        coalesce(r.id_key, i.learner_key, r.email_key) AS learner_key,
        r.partner_id,
        r.programme_id,
        r.university,
        r.country_iso3,
        -- Without a name credentials are told apart by the credits asked for.
        coalesce(r.credential, concat('unnamed ', cast(cast(floor(coalesce(r.ects_requested, 0)) AS bigint) AS varchar))) AS credential,
        r.requested_on,
        r.decided_on,
        r.decision,
        r.reason,
        r.transferred_on,
        r.ects_requested,
        r.ects_awarded,
        r.captured_on,
        r.provenance
    FROM stg_recognitions__requests AS r
    LEFT JOIN int_identity AS i ON r.email_key = i.email_key AND r.partner_id = i.partner_id
    WHERE r.is_newest
)

-- Recognised after a refusal is recognised, on the day it was.
SELECT
    q.learner_key,
    q.partner_id,
    q.programme_id,
    q.university,
    q.country_iso3,
    q.credential,
    q.requested_on,
    coalesce(min(q.decided_on) FILTER (WHERE q.decision = 'recognised'), max(q.decided_on)) AS decided_on,
    coalesce(max(q.decision) FILTER (WHERE q.decision = 'recognised'), max(q.decision), 'pending') AS decision,
    CASE WHEN count(*) FILTER (WHERE q.decision = 'recognised') = 0 THEN max(q.reason) END AS reason,
    min(q.transferred_on) AS transferred_on,
    max(q.ects_requested) AS ects_requested,
    max(q.ects_awarded) AS ects_awarded,
    max(q.captured_on) AS as_of_on,
    max(q.provenance) AS provenance
FROM requests AS q
GROUP BY q.learner_key, q.partner_id, q.programme_id, q.university, q.country_iso3, q.credential, q.requested_on
ORDER BY partner_id, programme_id, university, country_iso3, credential, requested_on, learner_key
