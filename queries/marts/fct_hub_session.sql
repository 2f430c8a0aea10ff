-- title: Sessions of learning hubs without their attendance, which only owners have
-- grain: one row per hub, day and session
-- column hub_id VARCHAR: the hub, as the file names it
-- column is_on_register BOOLEAN: the register names this hub
-- column session_id VARCHAR: tells sessions of one day apart
-- column held_on DATE: day of the session
-- column month DATE: first day of its month
-- column kind VARCHAR: discussion, tutoring, project, introduction, closing or other; closing states that the hub closed and is no session
-- column course VARCHAR: course that the session goes with, or not stated
-- column hours DOUBLE: length in hours, NULL where not stated
-- column facilitators BIGINT: how many local facilitators led it, NULL where not stated
-- column as_of_on DATE: day of the file that tells of it
-- column provenance VARCHAR: published, reported or demo
SELECT
    s.hub_id,
    h.hub_id IS NOT NULL AS is_on_register,
    s.session_id,
    s.held_on,
    cast(date_trunc('month', s.held_on) AS date) AS month,
    s.kind,
    coalesce(s.course, 'not stated') AS course,
    s.hours,
    s.facilitators,
    s.as_of_on,
    s.provenance
FROM int_hub_session AS s
LEFT JOIN dim_hub AS h ON s.hub_id = h.hub_id
ORDER BY s.hub_id, s.held_on, s.session_id
