-- title: Credentials by kind and year
-- grain: one row per programme, partner, kind and year (or NULL for all)
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column credential_type VARCHAR: course, guided project, specialisation or professional certificate
-- column is_stacked BOOLEAN: awarded for courses that have certificates of their own
-- column year BIGINT: of issue, or NULL for all
-- column credentials BIGINT: issued
-- column learners BIGINT: distinct learners who hold one
SELECT
    programme_id,
    partner_id,
    credential_type,
    is_stacked,
    cast(year(issued_on) AS bigint) AS year,
    count(*) AS credentials,
    count(DISTINCT learner_key) AS learners
FROM int_credential_margin
GROUP BY
    GROUPING SETS (
        (programme_id, partner_id, credential_type, is_stacked),
        (programme_id, partner_id, credential_type, is_stacked, year(issued_on))
    )
ORDER BY programme_id, partner_id, credential_type, is_stacked, year
