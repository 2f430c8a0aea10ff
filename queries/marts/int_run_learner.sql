-- title: What is known of a learner of a course run
-- grain: one row per partner (or all) and learner
-- column partner_id VARCHAR: partner, or all
-- column learner_key VARCHAR: learner of the partner; for all, person linked across partners
-- column sex VARCHAR: female, male, other or not reported
-- column age_band VARCHAR: band of years, or not reported
-- column education VARCHAR: highest level, or not reported
SELECT DISTINCT
    partner_id,
    learner_key,
    sex,
    age_band,
    education
FROM int_run_margin
ORDER BY partner_id, learner_key
