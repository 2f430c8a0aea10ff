-- title: Learners whom a partner registered at a learning hub
-- grain: one row per programme (or for_refugees, or all), partner (or all) and learner
-- column programme_id VARCHAR: programme, for_refugees, or all but rehearsals
-- column partner_id VARCHAR: partner, or all
-- column learner_key VARCHAR: learner of the partner; for all, person linked across partners
SELECT
    programme_id,
    partner_id,
    learner_key
FROM int_learner_margin
WHERE hub_id IS NOT NULL
ORDER BY programme_id, partner_id, learner_key
