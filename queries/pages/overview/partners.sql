-- title: Which partners report learners?
-- grain: one row per partner
-- param $partner_id VARCHAR: one partner, or NULL for all
-- column partner_id VARCHAR: its id
-- column partner VARCHAR: its name, or its id where the reference does not have it
SELECT
    partner_id,
    max(partner) AS partner
FROM dim_stream
WHERE partner_id <> 'all' AND ($partner_id IS NULL OR partner_id = $partner_id)
GROUP BY partner_id
ORDER BY partner, partner_id
