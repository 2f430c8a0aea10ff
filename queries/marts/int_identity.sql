-- title: Who is behind an e-mail address: as the partner that writes it knows, and as all partners together know
-- grain: one row per e-mail key and partner that gives it, where some partner gives an id beside it
-- column email_key VARCHAR: key of an e-mail address
-- column partner_id VARCHAR: partner
-- column learner_key VARCHAR: key of the id that this partner gives beside the address, of several the smallest; NULL where it gives none
-- column person_key VARCHAR: the same; where this partner gives none, the smallest that another gives; for totals of all partners only
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
        min(p.id_key) AS learner_key
    FROM pairs AS p
    WHERE p.email_key IS NOT NULL
    GROUP BY p.email_key, p.partner_id
),

linked AS (
    SELECT
        email_key,
        partner_id,
        learner_key,
        coalesce(learner_key, min(learner_key) OVER (PARTITION BY email_key)) AS person_key
    FROM own
)

SELECT
    email_key,
    partner_id,
    learner_key,
    person_key
FROM linked
WHERE person_key IS NOT NULL
ORDER BY email_key, partner_id
