-- label: Level fits
-- unit: pass or fail
-- definition: The offer is made for the level of the need.
-- caveat: Lower and upper secondary are two levels; an offer for secondary is for both.
-- additive_over: nothing
CREATE MACRO gate_level(levels, level) AS levels = 'all' OR contains(levels, ';' || level || ';')
