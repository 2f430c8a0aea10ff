-- label: Hubs alive
-- unit: hubs
-- definition: Learning hubs with a learning event of one of their learners in the 60 days before the day.
-- caveat: Hubs announced and hubs named are other counts.
-- additive_over: nothing
CREATE MACRO hubs_alive(hubs) AS hubs::bigint
