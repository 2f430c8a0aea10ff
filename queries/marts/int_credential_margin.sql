-- title: A credential once in each total: of a programme, a partner, all programmes for refugees, all programmes
-- grain: one row per programme (or for_refugees, or all), partner (or all), learner and credential
-- column programme_id VARCHAR: programme, for_refugees, or all but rehearsals
-- column partner_id VARCHAR: partner, or all
-- column learner_key VARCHAR: learner
-- column credential_type VARCHAR: course, guided project, specialisation or professional certificate
-- column credential VARCHAR: course or specialisation
-- column is_stacked BOOLEAN: awarded for courses that have certificates of their own
-- column issued_on DATE: first day on which it was issued
WITH totals AS (
    SELECT
        c.learner_key,
        c.credential,
        c.is_stacked,
        c.programme_id,
        p.audience,
        p.in_total,
        c.partner_id,
        grouping(c.programme_id) AS over_programmes,
        grouping(p.audience) AS over_audiences,
        -- Layouts that do not tell guided projects apart call them courses.
        max(c.credential_type) AS credential_type,
        min(c.issued_on) AS issued_on
    FROM fct_credential AS c
    INNER JOIN dim_programme AS p ON c.programme_id = p.programme_id
    GROUP BY GROUPING SETS (
        (c.learner_key, c.credential, c.is_stacked, p.audience, c.programme_id, c.partner_id),
        (c.learner_key, c.credential, c.is_stacked, p.audience, c.programme_id),
        (c.learner_key, c.credential, c.is_stacked, p.audience, c.partner_id),
        (c.learner_key, c.credential, c.is_stacked, p.audience),
        (c.learner_key, c.credential, c.is_stacked, p.in_total, c.partner_id),
        (c.learner_key, c.credential, c.is_stacked, p.in_total)
    )
)

SELECT
    CASE
        WHEN over_programmes = 0 THEN programme_id
        WHEN over_audiences = 0 THEN 'for_refugees'
        ELSE 'all'
    END AS programme_id,
    coalesce(partner_id, 'all') AS partner_id,
    learner_key,
    credential_type,
    credential,
    is_stacked,
    issued_on
FROM totals
WHERE over_programmes = 0 OR (over_audiences = 0 AND audience = 'refugees') OR (over_audiences = 1 AND in_total)
ORDER BY programme_id, partner_id, credential_type, credential, learner_key
