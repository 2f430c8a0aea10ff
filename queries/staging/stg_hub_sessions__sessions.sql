-- title: Sessions of learning hubs
-- grain: one row per capture and session
-- column captured_on DATE: day of the file
-- column is_newest BOOLEAN: of the newest file that has this hub and month
-- column hub_id VARCHAR: the hub, as on the register of hubs
-- column month VARCHAR: YYYY-MM of the session
-- column session_id VARCHAR: tells sessions of one day apart
-- column held_on DATE: day of the session
-- column kind VARCHAR: discussion, tutoring, project, introduction, closing or other
-- column course VARCHAR: course that the session goes with
-- column hours DOUBLE: length in hours
-- column facilitators BIGINT: how many local facilitators led it
-- column attendance BIGINT: learners who came
-- column women BIGINT: women and girls among them
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY hub_id, month) AS is_newest,
    hub_id,
    month,
    session_id,
    held_on,
    kind,
    course,
    hours,
    facilitators,
    attendance,
    women,
    provenance
FROM raw_hub_sessions
ORDER BY captured_on, hub_id, month, session_id, held_on, kind, course, hours, facilitators, attendance, women
