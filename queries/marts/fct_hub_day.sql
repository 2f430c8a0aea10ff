-- title: Days on which a learning hub shows signs of life, or is said to have closed
-- grain: one row per programme, hub, day and kind
-- column programme_id VARCHAR: programme; of a session or closing that of the hub, NULL where the register has none
-- column hub_id VARCHAR: hub, as the file names it
-- column on_date DATE: day of the session; of a start, a last activity or a completion; of the closing
-- column kind VARCHAR: session, learner event or closing
-- column as_of_on DATE: day of the newest file that tells of it
WITH events AS (
    SELECT
        j.programme_id,
        j.hub_id,
        r.started_on AS on_date,
        j.as_of_on,
        'learner event' AS kind
    FROM fct_journey AS j
    INNER JOIN fct_course_run AS r
        ON j.learner_key = r.learner_key AND j.programme_id = r.programme_id AND j.partner_id = r.partner_id
    WHERE j.hub_id IS NOT NULL
    UNION ALL
    SELECT
        j.programme_id,
        j.hub_id,
        r.last_activity_on AS on_date,
        j.as_of_on,
        'learner event' AS kind
    FROM fct_journey AS j
    INNER JOIN fct_course_run AS r
        ON j.learner_key = r.learner_key AND j.programme_id = r.programme_id AND j.partner_id = r.partner_id
    WHERE j.hub_id IS NOT NULL
    UNION ALL
    SELECT
        h.programme_id,
        s.hub_id,
        s.held_on AS on_date,
        s.as_of_on,
        CASE s.kind WHEN 'closing' THEN 'closing' ELSE 'session' END AS kind
    FROM int_hub_session AS s
    LEFT JOIN dim_hub AS h ON s.hub_id = h.hub_id
)

SELECT
    programme_id,
    hub_id,
    on_date,
    kind,
    max(e.as_of_on) AS as_of_on
FROM events AS e
WHERE on_date IS NOT NULL
GROUP BY programme_id, hub_id, on_date, kind
ORDER BY programme_id, hub_id, on_date, kind
