-- title: Sessions of learning hubs, of the newest file of each hub and month
-- grain: one row per hub, day and session
-- column hub_id VARCHAR: the hub, as the file names it
-- column session_id VARCHAR: tells sessions of one day apart
-- column held_on DATE: day of the session, never after the file that tells of it
-- column kind VARCHAR: discussion, tutoring, project, introduction, closing or other
-- column course VARCHAR: course that the session goes with
-- column hours DOUBLE: length in hours
-- column facilitators BIGINT: how many local facilitators led it
-- column attendance BIGINT: learners who came
-- column women BIGINT: women and girls among them
-- column as_of_on DATE: day of the file
-- column provenance VARCHAR: published, reported or demo
WITH newest AS (
    SELECT
        hub_id,
        session_id,
        held_on,
        kind,
        course,
        hours,
        facilitators,
        attendance,
        women,
        captured_on AS as_of_on,
        provenance,
        -- Files of one day may both tell of a session; one row of them is taken, the same each time.
        row_number() OVER (
            PARTITION BY hub_id, held_on, session_id
            ORDER BY kind, course, hours, facilitators, attendance, women, provenance
        ) AS take
    FROM stg_hub_sessions__sessions
    -- A session that lies after the day of its file is a plan.
    WHERE is_newest AND held_on <= captured_on
)

SELECT
    hub_id,
    session_id,
    held_on,
    kind,
    course,
    hours,
    facilitators,
    attendance,
    women,
    as_of_on,
    provenance
FROM newest
WHERE take = 1
ORDER BY hub_id, held_on, session_id
