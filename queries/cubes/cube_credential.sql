-- title: Credentials by kind and year
-- grain: one row per programme, partner, kind and year (or NULL for all)
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column credential_type VARCHAR: course, guided project, specialisation or professional certificate
-- column is_stacked BOOLEAN: awarded for courses that have certificates of their own
-- column year BIGINT: of issue, or NULL for all
-- column credentials BIGINT: issued
-- column learners BIGINT: distinct learners who hold one
-- column most_of_one BIGINT: the most that one learner holds
-- among: credentials >= learners
WITH held AS (
    SELECT
        programme_id,
        partner_id,
        credential_type,
        is_stacked,
        learner_key,
        cast(year(issued_on) AS bigint) AS year,
        count(*) AS credentials
    FROM int_credential_margin
    GROUP BY
        GROUPING SETS (
            (programme_id, partner_id, credential_type, is_stacked, learner_key),
            (programme_id, partner_id, credential_type, is_stacked, learner_key, year(issued_on))
        )
)

SELECT
    programme_id,
    partner_id,
    credential_type,
    is_stacked,
    year,
    cast(sum(h.credentials) AS bigint) AS credentials,
    count(*) AS learners,
    max(h.credentials) AS most_of_one
FROM held AS h
GROUP BY programme_id, partner_id, credential_type, is_stacked, year
ORDER BY programme_id, partner_id, credential_type, is_stacked, year
