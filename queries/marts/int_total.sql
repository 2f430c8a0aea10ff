-- title: The totals that reports of a programme belong to
-- grain: one row per programme and total: the programme or several, each of one partner and of all partners
-- column programme_id VARCHAR: programme reported
-- column total_programme_id VARCHAR: the programme, for_refugees, or all but rehearsals
-- column is_of_all_partners BOOLEAN: the total of all partners, otherwise of the one that reports
WITH programmes AS (
    SELECT 'own' AS over_programmes
    UNION ALL
    SELECT 'for_refugees' AS over_programmes
    UNION ALL
    SELECT 'all' AS over_programmes
),

partners AS (
    SELECT FALSE AS is_of_all_partners
    UNION ALL
    SELECT TRUE AS is_of_all_partners
)

SELECT
    d.programme_id,
    CASE p.over_programmes WHEN 'own' THEN d.programme_id ELSE p.over_programmes END AS total_programme_id,
    r.is_of_all_partners
FROM dim_programme AS d
CROSS JOIN programmes AS p
CROSS JOIN partners AS r
WHERE
    p.over_programmes = 'own'
    OR (p.over_programmes = 'for_refugees' AND d.audience = 'refugees')
    OR (p.over_programmes = 'all' AND d.audience <> 'rehearsal')
ORDER BY d.programme_id, total_programme_id, r.is_of_all_partners
