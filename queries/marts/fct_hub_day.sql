-- title: Days on which a learning hub shows signs of life: a learning event of one of its learners
-- grain: one row per programme, hub and day
-- column programme_id VARCHAR: programme
-- column hub_id VARCHAR: hub
-- column on_date DATE: day of a start, a last activity or a completion
WITH events AS (
    SELECT
        j.programme_id,
        j.hub_id,
        r.started_on AS on_date
    FROM fct_journey AS j
    INNER JOIN fct_course_run AS r
        ON j.learner_key = r.learner_key AND j.programme_id = r.programme_id AND j.partner_id = r.partner_id
    WHERE j.hub_id IS NOT NULL
    UNION ALL
    SELECT
        j.programme_id,
        j.hub_id,
        r.last_activity_on AS on_date
    FROM fct_journey AS j
    INNER JOIN fct_course_run AS r
        ON j.learner_key = r.learner_key AND j.programme_id = r.programme_id AND j.partner_id = r.partner_id
    WHERE j.hub_id IS NOT NULL
)

SELECT DISTINCT
    programme_id,
    hub_id,
    on_date
FROM events
WHERE on_date IS NOT NULL
ORDER BY programme_id, hub_id, on_date
