-- label: Active hubs
-- unit: hubs
-- definition: Learning hubs of the register with a session or a learning event of one of their learners in the 60 days before the day, and not closed.
-- caveat: Hubs announced and hubs named are other counts.
-- additive_over: nothing
CREATE MACRO hubs_alive(status) AS count(*) FILTER (WHERE status = 'active')::bigint
