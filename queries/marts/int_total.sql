-- title: The totals that a partner's report of a programme belongs to
-- grain: one row per programme, partner and total: its own, the programme, the partner, and both over several programmes
-- column programme_id VARCHAR: programme reported
-- column partner_id VARCHAR: who reports
-- column total_programme_id VARCHAR: the programme, for_refugees, or all but rehearsals
-- column total_partner_id VARCHAR: the partner, or all
WITH programmes AS (
    SELECT 'own' AS over_programmes
    UNION ALL
    SELECT 'for_refugees' AS over_programmes
    UNION ALL
    SELECT 'all' AS over_programmes
),

partners AS (
    SELECT 'own' AS over_partners
    UNION ALL
    SELECT 'all' AS over_partners
)

SELECT
    s.programme_id,
    s.partner_id,
    CASE p.over_programmes WHEN 'own' THEN s.programme_id ELSE p.over_programmes END AS total_programme_id,
    CASE r.over_partners WHEN 'own' THEN s.partner_id ELSE r.over_partners END AS total_partner_id
FROM dim_stream AS s
CROSS JOIN programmes AS p
CROSS JOIN partners AS r
WHERE
    p.over_programmes = 'own'
    OR (p.over_programmes = 'for_refugees' AND s.audience = 'refugees')
    OR (p.over_programmes = 'all' AND s.audience <> 'rehearsal')
ORDER BY s.programme_id, s.partner_id, total_programme_id, total_partner_id
