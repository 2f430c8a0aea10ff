-- title: Keys of e-mail addresses that stand for the key of an id
-- grain: one row per key of an address and key of an id
-- column email_key VARCHAR: key of an e-mail address
-- column learner_key VARCHAR: key under which whoever has the address counts in totals of all partners
SELECT DISTINCT
    email_key,
    person_key AS learner_key
FROM int_identity
WHERE email_key <> person_key
ORDER BY email_key, learner_key
