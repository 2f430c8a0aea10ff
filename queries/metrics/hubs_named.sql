-- label: Hubs named
-- unit: hubs
-- definition: Hubs that a public statement or a partner's register names.
-- caveat: A named hub need not be active: hubs announced, hubs named and hubs with any activity are three different counts.
-- additive_over: country, host type
CREATE MACRO hubs_named(hub_id) AS count(DISTINCT hub_id)::bigint
