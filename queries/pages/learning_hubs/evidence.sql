-- title: How many hubs of the register are active, and how many show any activity?
-- grain: one row
-- param $on_date DATE: day, or NULL for the day of the newest file
-- column hubs_evidenced BIGINT: hubs of the register with a session or a learning event of one of their learners, ever
-- column hubs_alive BIGINT: of them, in the 60 days before the day, and not closed
-- column as_of_on DATE: the day that answers, NULL where no file has sessions or learners of hubs
-- metric: hubs_alive
-- metric: hub_status
WITH newest AS (
    SELECT * FROM fragment.hub_date
),

signs AS (
    SELECT
        r.hub_id,
        n.as_of_on,
        max(d.on_date) FILTER (WHERE d.kind <> 'closing') AS last_on,
        max(d.on_date) FILTER (WHERE d.kind = 'session') AS last_session_on,
        max(d.on_date) FILTER (WHERE d.kind = 'closing') AS closed_on
    FROM newest AS n
    LEFT JOIN dim_hub AS r ON TRUE
    LEFT JOIN fct_hub_day AS d ON r.hub_id = d.hub_id AND d.on_date <= n.as_of_on
    GROUP BY r.hub_id, n.as_of_on
)

SELECT
    count(last_on)::bigint AS hubs_evidenced,
    hubs_alive(hub_status(date_diff('day', last_on, as_of_on), closed_on, last_session_on)) AS hubs_alive,
    max(as_of_on) AS as_of_on
FROM signs
ORDER BY hubs_evidenced
