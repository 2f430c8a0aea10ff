-- title: Credentials: certificates of courses and guided projects, and awards stacked on top of them
-- grain: one row per learner, partner, programme and credential
-- column learner_key VARCHAR: learner, as this partner's files alone know her
-- column partner_id VARCHAR: who reports
-- column programme_id VARCHAR: programme
-- column credential_type VARCHAR: course, guided project, specialisation or professional certificate
-- column credential VARCHAR: course or specialisation
-- column issued_on DATE: first day on which it was issued
-- column is_stacked BOOLEAN: awarded for courses that have certificates of their own
-- column as_of_on DATE: day of the export that tells of it
-- column provenance VARCHAR: published, reported or demo
WITH issued AS (
    SELECT
        learner_key,
        partner_id,
        programme_id,
        course_type AS credential_type,
        course_id AS credential,
        credential_on AS issued_on,
        FALSE AS is_stacked,
        as_of_on,
        provenance
    FROM fct_course_run
    WHERE credential_on IS NOT NULL
    UNION ALL
    SELECT
        coalesce(s.id_key, i.learner_key, s.email_key) AS learner_key,
        s.partner_id,
        s.programme_id,
        s.credential_type,
        s.specialisation AS credential,
        greatest(s.enrolled_on, coalesce(s.awarded_on, s.enrolled_on)) AS issued_on,
        TRUE AS is_stacked,
        s.captured_on AS as_of_on,
        s.provenance
    FROM stg_coursera_specializations__awards AS s
    LEFT JOIN int_identity AS i ON s.email_key = i.email_key AND s.partner_id = i.partner_id
    WHERE s.is_newest AND s.is_awarded
)

SELECT
    learner_key,
    partner_id,
    programme_id,
    credential_type,
    credential,
    min(i.issued_on) AS issued_on,
    is_stacked,
    max(i.as_of_on) AS as_of_on,
    max(i.provenance) AS provenance
FROM issued AS i
GROUP BY learner_key, partner_id, programme_id, credential_type, credential, is_stacked
ORDER BY partner_id, programme_id, credential_type, credential, learner_key
