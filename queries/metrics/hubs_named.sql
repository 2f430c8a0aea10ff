-- label: Hubs named
-- unit: hubs
-- definition: Hubs that a public statement or a partner's register names.
-- caveat: Named is not alive: whether a hub has sessions is shown once session records are imported.
-- additive_over: country, host type
CREATE MACRO hubs_named(hub_id) AS count(DISTINCT hub_id)::bigint
