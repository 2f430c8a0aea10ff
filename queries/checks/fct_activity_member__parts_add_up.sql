-- title: The parts of an activity's members are not one whole, or it has two leads
-- grain: one row per activity it is not true of
-- column activity_key VARCHAR: the activity
-- column parts DOUBLE: their sum
-- column leads BIGINT: organisations that lead it
SELECT
    activity_key,
    sum(share_of_activity) AS parts,
    count(*) FILTER (WHERE role = 'lead') AS leads
FROM fct_activity_member
GROUP BY activity_key
HAVING abs(sum(share_of_activity) - 1) > 1e-9 OR count(*) FILTER (WHERE role = 'lead') > 1
ORDER BY activity_key
