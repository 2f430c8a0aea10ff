-- title: How many learning hubs are active, by any evidence and by that of the programmes chosen?
-- grain: one row
-- param $on_date DATE: day, or NULL for the day of the newest file about hubs
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- column on_date DATE: the day that answers, no later than that of the newest file about hubs; NULL without one
-- column hubs_named BIGINT: on the register
-- column hubs_evidenced BIGINT: of them, with a session or a learning event by the day
-- column hubs_alive BIGINT: of them, with one in the 60 days before, of whichever programme, and not closed
-- column hubs_of_programme BIGINT: of these, with one of the programmes chosen
-- column is_complete BOOLEAN: every learning event counts; FALSE where months in which fewer than 10 people learned at a hub are left out
-- metric: hubs_named
-- metric: hubs_alive
-- metric: hubs_of_programme
-- metric: hub_status
-- caveat: To others than owners more hubs may be active than are counted: months with fewer than 10 learners at a hub are left out.
WITH newest AS (
    SELECT * FROM fragment.hub_date
),

signs AS (
    SELECT
        r.hub_id,
        n.as_of_on,
        max(d.on_date) FILTER (WHERE d.kind <> 'closing') AS last_on,
        max(d.on_date) FILTER (
            WHERE
            d.kind <> 'closing'
            AND fragment.programme_filter(d, p)
        ) AS last_here_on,
        max(d.on_date) FILTER (WHERE d.kind = 'session') AS last_session_on,
        max(d.on_date) FILTER (WHERE d.kind = 'closing') AS closed_on
    FROM newest AS n
    LEFT JOIN dim_hub AS r ON TRUE
    LEFT JOIN fct_hub_day AS d ON r.hub_id = d.hub_id AND d.on_date <= n.as_of_on
    LEFT JOIN dim_programme AS p ON d.programme_id = p.programme_id
    GROUP BY r.hub_id, n.as_of_on
)

SELECT
    max(as_of_on) AS on_date,
    hubs_named(hub_id) AS hubs_named,
    count(last_on)::bigint AS hubs_evidenced,
    hubs_alive(hub_status(date_diff('day', last_on, as_of_on), closed_on, last_session_on)) AS hubs_alive,
    hubs_of_programme(hub_status(date_diff('day', last_here_on, as_of_on), closed_on, last_session_on)) AS hubs_of_programme,
    known(NULL) IS NOT NULL AS is_complete
FROM signs
ORDER BY hubs_named
