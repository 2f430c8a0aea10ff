-- title: Names of partners and programmes in either release
-- grain: one row per partner and programme
-- column partner_id VARCHAR: partner
-- column programme_id VARCHAR: programme
-- column partner VARCHAR: name of the partner
-- column programme VARCHAR: name of the programme
WITH named AS (
    SELECT
        partner_id,
        programme_id,
        partner,
        programme
    FROM old_dim_stream
    UNION ALL
    SELECT
        partner_id,
        programme_id,
        partner,
        programme
    FROM new_dim_stream
)

SELECT
    partner_id,
    programme_id,
    max(n.partner) AS partner,
    max(n.programme) AS programme
FROM named AS n
GROUP BY partner_id, programme_id
ORDER BY partner_id, programme_id
