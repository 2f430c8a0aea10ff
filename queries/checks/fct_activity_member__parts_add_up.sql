-- title: The equal parts of an activity's members are one whole, and one of them at most leads.
SELECT
    activity_key,
    sum(share_of_activity) AS parts,
    count(*) FILTER (WHERE role = 'lead') AS leads
FROM fct_activity_member
GROUP BY activity_key
HAVING abs(sum(share_of_activity) - 1) > 0.000000001 OR count(*) FILTER (WHERE role = 'lead') > 1
ORDER BY activity_key
LIMIT 100
