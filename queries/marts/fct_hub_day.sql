-- title: Days on which a learning hub shows signs of life, or is said to have closed
-- grain: one row per programme, hub, day and kind
-- column programme_id VARCHAR: programme; of a session or closing that of the hub, NULL where the register has none
-- column hub_id VARCHAR: hub, as the file names it
-- column on_date DATE: day of the session; of a start, a last activity or a completion; of the closing
-- column kind VARCHAR: session, learner event or closing
-- column as_of_on DATE: day of the newest file that tells of it
-- column month_learners BIGINT: distinct learners of the programme, of all partners, with an event there in that month, NULL for other kinds
WITH events AS (
    SELECT
        j.programme_id,
        j.hub_id,
        coalesce(i.person_key, j.learner_key) AS learner_key,
        r.started_on AS on_date,
        j.as_of_on,
        'learner event' AS kind
    FROM fct_journey AS j
    INNER JOIN fct_course_run AS r
        ON j.learner_key = r.learner_key AND j.programme_id = r.programme_id AND j.partner_id = r.partner_id
    LEFT JOIN int_identity AS i ON j.learner_key = i.email_key AND j.partner_id = i.partner_id
    WHERE j.hub_id IS NOT NULL
    UNION ALL
    SELECT
        j.programme_id,
        j.hub_id,
        coalesce(i.person_key, j.learner_key) AS learner_key,
        r.last_activity_on AS on_date,
        j.as_of_on,
        'learner event' AS kind
    FROM fct_journey AS j
    INNER JOIN fct_course_run AS r
        ON j.learner_key = r.learner_key AND j.programme_id = r.programme_id AND j.partner_id = r.partner_id
    LEFT JOIN int_identity AS i ON j.learner_key = i.email_key AND j.partner_id = i.partner_id
    WHERE j.hub_id IS NOT NULL
    UNION ALL
    SELECT
        h.programme_id,
        s.hub_id,
        NULL AS learner_key,
        s.held_on AS on_date,
        s.as_of_on,
        CASE s.kind WHEN 'closing' THEN 'closing' ELSE 'session' END AS kind
    FROM int_hub_session AS s
    LEFT JOIN dim_hub AS h ON s.hub_id = h.hub_id
),

of_month AS (
    SELECT
        programme_id,
        hub_id,
        cast(date_trunc('month', on_date) AS date) AS month,
        count(DISTINCT learner_key) AS month_learners
    FROM events
    WHERE kind = 'learner event' AND on_date IS NOT NULL
    GROUP BY programme_id, hub_id, cast(date_trunc('month', on_date) AS date)
)

SELECT
    e.programme_id,
    e.hub_id,
    e.on_date,
    e.kind,
    max(e.as_of_on) AS as_of_on,
    max(CASE WHEN e.kind = 'learner event' THEN m.month_learners END) AS month_learners
FROM events AS e
LEFT JOIN of_month AS m
    ON e.programme_id = m.programme_id AND e.hub_id = m.hub_id AND cast(date_trunc('month', e.on_date) AS date) = m.month
WHERE e.on_date IS NOT NULL
GROUP BY e.programme_id, e.hub_id, e.on_date, e.kind
ORDER BY e.programme_id, e.hub_id, e.on_date, e.kind
