-- title: Which cohorts can be compared?
-- grain: one row per programme (or a total over several) and partner (or all), largest first
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column runs BIGINT: course runs
SELECT
    programme_id,
    partner_id,
    runs
FROM cube_completion
WHERE cohort = 'all' AND horizon_days = 180
ORDER BY runs DESC, programme_id, partner_id
