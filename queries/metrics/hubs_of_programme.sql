-- label: Active hubs of these programmes
-- unit: hubs
-- definition: Of the active hubs, those with a session of a hub of the programmes chosen, or a learning event of one of their learners, in the 60 days before the day.
-- caveat: A hub without a programme on the register counts by its learners only. A hub that serves others too is active without counting here.
-- additive_over: nothing
CREATE MACRO hubs_of_programme(status) AS count(*) FILTER (WHERE status = 'active')::bigint
