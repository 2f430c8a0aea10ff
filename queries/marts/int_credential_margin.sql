-- title: A credential once in each total: of a programme, a partner, all programmes for refugees, all programmes
-- grain: one row per programme (or for_refugees, or all), partner (or all), learner and credential
-- column programme_id VARCHAR: programme, for_refugees, or all but rehearsals
-- column partner_id VARCHAR: partner, or all
-- column learner_key VARCHAR: learner
-- column credential_type VARCHAR: course, guided project, specialisation or professional certificate
-- column credential VARCHAR: course or specialisation
-- column is_stacked BOOLEAN: awarded for courses that have certificates of their own
-- column issued_on DATE: first day on which it was issued
SELECT
    t.total_programme_id AS programme_id,
    t.total_partner_id AS partner_id,
    c.learner_key,
    -- Layouts that do not tell guided projects apart call them courses.
    max(c.credential_type) AS credential_type,
    c.credential,
    c.is_stacked,
    min(c.issued_on) AS issued_on
FROM fct_credential AS c
INNER JOIN int_total AS t ON c.programme_id = t.programme_id AND c.partner_id = t.partner_id
GROUP BY t.total_programme_id, t.total_partner_id, c.learner_key, c.credential, c.is_stacked
ORDER BY programme_id, partner_id, credential, is_stacked, learner_key
