-- title: Programmes of the reference and those found in partners' files
-- grain: one row per programme
-- column programme_id VARCHAR: its id
-- column programme VARCHAR: its name, or its id where the reference does not have it
-- column audience VARCHAR: refugees, others or rehearsal; a programme that the reference does not have is taken as for refugees
-- column in_total BOOLEAN: counted in the totals of the coalition
WITH found AS (
    SELECT DISTINCT programme_id
    FROM fct_journey
)

SELECT
    coalesce(r.programme_id, f.programme_id) AS programme_id,
    coalesce(r.programme, f.programme_id) AS programme,
    coalesce(r.audience, 'refugees') AS audience,
    coalesce(r.audience, 'refugees') <> 'rehearsal' AS in_total
FROM ref_programmes AS r
FULL OUTER JOIN found AS f ON r.programme_id = f.programme_id
ORDER BY programme_id
