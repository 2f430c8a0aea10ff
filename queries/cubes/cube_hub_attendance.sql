-- title: How many came to each session of a learning hub
-- grain: one row per hub, day and session; of sessions of hubs, heads and not learners, so that they add up
-- column partner_id VARCHAR: who reports the programme of the hub, NULL where that is not known
-- column hub_id VARCHAR: the hub, as the file names it
-- column held_on DATE: day of the session
-- column session_id VARCHAR: tells sessions of one day apart
-- column attendance BIGINT: learners who came
-- column women BIGINT: women and girls among them, NULL where not stated
SELECT
    h.partner_id,
    s.hub_id,
    s.held_on,
    s.session_id,
    s.attendance,
    s.women
FROM int_hub_session AS s
LEFT JOIN dim_hub AS h ON s.hub_id = h.hub_id
WHERE s.attendance IS NOT NULL
ORDER BY s.hub_id, s.held_on, s.session_id
