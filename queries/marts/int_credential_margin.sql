-- title: A credential once in each total: of a programme, a partner, all programmes for refugees, all programmes
-- grain: one row per programme (or for_refugees, or all), partner (or all), learner and credential
-- column programme_id VARCHAR: programme, for_refugees, or all but rehearsals
-- column partner_id VARCHAR: partner, or all
-- column learner_key VARCHAR: learner of the partner; for all, person linked across partners
-- column credential_type VARCHAR: course, guided project, specialisation or professional certificate
-- column credential VARCHAR: course or specialisation
-- column is_stacked BOOLEAN: awarded for courses that have certificates of their own
-- column issued_on DATE: first day on which it was issued
WITH credentials AS (
    SELECT
        t.total_programme_id AS programme_id,
        CASE WHEN t.is_of_all_partners THEN 'all' ELSE c.partner_id END AS partner_id,
        CASE WHEN t.is_of_all_partners THEN coalesce(i.person_key, c.learner_key) ELSE c.learner_key END AS learner_key,
        c.credential_type,
        c.credential,
        c.is_stacked,
        c.issued_on
    FROM fct_credential AS c
    INNER JOIN int_total AS t ON c.programme_id = t.programme_id
    LEFT JOIN int_identity AS i ON c.learner_key = i.email_key AND c.partner_id = i.partner_id
)

SELECT
    programme_id,
    partner_id,
    learner_key,
    -- Layouts that do not tell guided projects apart call them courses.
    max(c.credential_type) AS credential_type,
    credential,
    is_stacked,
    min(c.issued_on) AS issued_on
FROM credentials AS c
GROUP BY programme_id, partner_id, learner_key, credential, is_stacked
ORDER BY programme_id, partner_id, credential, is_stacked, learner_key
