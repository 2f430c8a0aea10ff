-- label: Hubs named
-- unit: hubs
-- definition: Hubs that a public statement or a partner's register names.
-- caveat: Named is not alive: hubs announced, named and with a sign of life are three counts.
-- additive_over: country, host type
CREATE MACRO hubs_named(hub_id) AS count(DISTINCT hub_id)::bigint
