-- title: The first learning event of a learner, in whatever programme
-- grain: one row per learner reached
-- column learner_key VARCHAR: learner
-- column reached_on DATE: day
SELECT
    learner_key,
    min(j.reached_on) AS reached_on
FROM fct_journey AS j
WHERE reached_on IS NOT NULL
GROUP BY learner_key
ORDER BY learner_key
