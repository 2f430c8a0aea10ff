-- title: The id behind an e-mail address, so that a row without an id links to one with it
-- grain: one row per e-mail key that occurs beside an id
-- column email_key VARCHAR: key of an e-mail address
-- column learner_key VARCHAR: key of the id; of several the smallest
WITH pairs AS (
    SELECT
        email_key,
        id_key
    FROM stg_coursera_usage__enrolments
    UNION ALL
    SELECT
        email_key,
        id_key
    FROM stg_coursera_membership__members
    UNION ALL
    SELECT
        email_key,
        id_key
    FROM stg_coursera_specializations__awards
    UNION ALL
    SELECT
        email_key,
        id_key
    FROM stg_partner_learners__register
    UNION ALL
    SELECT
        email_key,
        id_key
    FROM stg_recognitions__requests
)

SELECT
    email_key,
    min(id_key) AS learner_key
FROM pairs
WHERE email_key IS NOT NULL AND id_key IS NOT NULL
GROUP BY email_key
ORDER BY email_key
