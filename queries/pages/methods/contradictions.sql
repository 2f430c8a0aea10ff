-- title: Where do public statements contradict each other?
-- grain: one row per contradiction
-- column subject VARCHAR: what it is about
-- column sentence VARCHAR: the contradiction in words
SELECT DISTINCT
    subject,
    sentence
FROM fct_claim
WHERE contradiction IS NOT NULL
ORDER BY subject
