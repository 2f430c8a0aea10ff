-- title: How many hubs of the register show signs of life?
-- grain: one row
-- column hubs_evidenced BIGINT: hubs of the register with a learning event of one of their learners, ever
-- column hubs_alive BIGINT: of them, in the 60 days before the newest file about their programmes
-- column as_of_on DATE: day of that file, NULL where no file tells of hubs
-- metric: hubs_alive
WITH newest AS (
    SELECT max(s.as_of_on) AS as_of_on
    FROM dim_stream AS s
    WHERE s.programme_id IN (SELECT h.programme_id FROM fct_hub_day AS h)
)

SELECT
    count(DISTINCT d.hub_id) AS hubs_evidenced,
    hubs_alive(count(DISTINCT d.hub_id) FILTER (WHERE d.on_date > n.as_of_on - 60)) AS hubs_alive,
    max(n.as_of_on) AS as_of_on
FROM newest AS n
LEFT JOIN fct_hub_day AS d ON d.hub_id IN (SELECT r.hub_id FROM dim_hub AS r)
ORDER BY hubs_evidenced
