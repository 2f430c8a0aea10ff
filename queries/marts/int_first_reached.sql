-- title: The first learning event of a person, in whatever programme, by whatever partner
-- grain: one row per person reached
-- column learner_key VARCHAR: person linked across partners
-- column reached_on DATE: day
SELECT
    coalesce(i.person_key, j.learner_key) AS learner_key,
    min(j.reached_on) AS reached_on
FROM fct_journey AS j
LEFT JOIN int_identity AS i ON j.learner_key = i.email_key AND j.partner_id = i.partner_id
WHERE j.reached_on IS NOT NULL
GROUP BY coalesce(i.person_key, j.learner_key)
ORDER BY learner_key
