-- label: Active hubs
-- unit: hubs
-- definition: Learning hubs of the register with a session or a learning event of one of their learners in the 60 days before the day, of whichever programme, and not closed. A day later than the newest file about hubs is answered by that of the file.
-- caveat: Hubs announced, hubs named and the active hubs of one programme are other counts. Viewers who own no rows do not have months in which fewer than 10 people learned at a hub.
-- additive_over: nothing
CREATE MACRO hubs_alive(status) AS count(*) FILTER (WHERE status = 'active')::bigint
