-- title: The id behind an e-mail address, so that a row without an id links to one with it
-- grain: one row per e-mail key and partner that gives it, where some partner gives an id beside it
-- column email_key VARCHAR: key of an e-mail address
-- column partner_id VARCHAR: partner
-- column learner_key VARCHAR: key of the id that this partner gives beside the address, else of the id that another gives; of several the smallest
WITH pairs AS (
    SELECT
        email_key,
        partner_id,
        id_key
    FROM stg_coursera_usage__enrolments
    UNION ALL
    SELECT
        email_key,
        partner_id,
        id_key
    FROM stg_coursera_membership__members
    UNION ALL
    SELECT
        email_key,
        partner_id,
        id_key
    FROM stg_coursera_specializations__awards
    UNION ALL
    SELECT
        email_key,
        partner_id,
        id_key
    FROM stg_partner_learners__register
    UNION ALL
    SELECT
        email_key,
        partner_id,
        id_key
    FROM stg_recognitions__requests
),

own AS (
    SELECT
        p.email_key,
        p.partner_id,
        min(p.id_key) AS id_key
    FROM pairs AS p
    WHERE p.email_key IS NOT NULL
    GROUP BY p.email_key, p.partner_id
),

linked AS (
    SELECT
        email_key,
        partner_id,
        coalesce(id_key, min(id_key) OVER (PARTITION BY email_key)) AS learner_key
    FROM own
)

SELECT
    email_key,
    partner_id,
    learner_key
FROM linked
WHERE learner_key IS NOT NULL
ORDER BY email_key, partner_id
