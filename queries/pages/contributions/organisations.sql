-- title: Which organisations are named in lists of activities or on the register of members?
-- grain: one row per organisation
-- column partner_id VARCHAR: its id
-- column member VARCHAR: its name as shown
-- column is_member BOOLEAN: it is on the register of members
-- column activities BIGINT: distinct activities of all sectors that it leads or supports
WITH acting AS (
    SELECT
        o.partner_id,
        min(o.member) AS member,
        count(DISTINCT a.activity_id) AS activities
    FROM fct_activity_member AS o
    INNER JOIN fct_activity_5w AS a ON o.activity_key = a.activity_key
    WHERE o.partner_id IS NOT NULL
    GROUP BY o.partner_id
)

SELECT
    coalesce(m.partner_id, o.partner_id) AS partner_id,
    coalesce(m.member, o.member) AS member,
    m.partner_id IS NOT NULL AS is_member,
    coalesce(o.activities, 0)::bigint AS activities
FROM acting AS o
FULL JOIN dim_member AS m ON o.partner_id = m.partner_id
ORDER BY coalesce(m.partner_id, o.partner_id)
