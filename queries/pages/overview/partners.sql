-- title: Which partners report learners?
-- grain: one row per partner
-- param $partner_id VARCHAR: one partner, or NULL for all
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all
-- column partner_id VARCHAR: its id
-- column partner VARCHAR: its name, or its id where the reference does not have it
SELECT
    s.partner_id,
    max(s.partner) AS partner
FROM dim_stream AS s
LEFT JOIN dim_programme AS p ON s.programme_id = p.programme_id
WHERE
    s.partner_id <> 'all'
    AND ($partner_id IS NULL OR s.partner_id = $partner_id)
    AND ($programme_id IS NULL OR s.programme_id = $programme_id OR ($programme_id = 'for_refugees' AND p.audience = 'refugees'))
GROUP BY s.partner_id
ORDER BY partner, s.partner_id
