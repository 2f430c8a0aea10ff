-- title: Which sessions did a hub hold, and how many came?
-- grain: one row per session, the newest first, at most 500
-- param $hub_id VARCHAR: the hub
-- param $partner_id VARCHAR: who reports the programme of the hub, or NULL for all
-- column held_on DATE: day of the session
-- column kind VARCHAR: discussion, tutoring, project, introduction, closing or other
-- column course VARCHAR: course that the session goes with, or not stated
-- column hours_held DOUBLE: length in hours
-- column facilitators BIGINT: how many local facilitators led it
-- column attendance BIGINT: learners who came
-- column women BIGINT: women and girls among them, NULL where not stated
SELECT
    s.held_on,
    s.kind,
    s.course,
    s.hours AS hours_held,
    s.facilitators,
    a.attendance,
    a.women
FROM cube_hub_attendance AS a
INNER JOIN fct_hub_session AS s ON a.hub_id = s.hub_id AND a.held_on = s.held_on AND a.session_id = s.session_id
WHERE a.hub_id = $hub_id AND ($partner_id IS NULL OR a.partner_id = $partner_id)
ORDER BY s.held_on DESC, s.session_id
LIMIT 500
