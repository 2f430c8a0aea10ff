-- title: Which cohorts can be compared?
-- grain: one row per programme, partner (or NULL for all) and month of intake (or NULL for all)
-- column programme_id VARCHAR: programme, for_refugees, or NULL for all
-- column programme VARCHAR: its name
-- column partner_id VARCHAR: partner, or NULL for all
-- column partner VARCHAR: its name, or NULL for all
-- column cohort_month DATE: month of intake, or NULL for all
-- column runs BIGINT: course runs
WITH names AS (
    SELECT
        partner_id,
        max(partner) AS partner
    FROM dim_stream
    GROUP BY partner_id
)

SELECT
    c.programme_id,
    p.programme,
    c.partner_id,
    n.partner,
    c.cohort_month,
    c.runs
FROM cube_completion AS c
LEFT JOIN dim_programme AS p ON c.programme_id = p.programme_id
LEFT JOIN names AS n ON c.partner_id = n.partner_id
WHERE c.horizon_days = 180
ORDER BY c.runs DESC, c.programme_id NULLS FIRST, c.partner_id NULLS FIRST, c.cohort_month NULLS FIRST
LIMIT 10000
