-- label: Gap
-- unit: people
-- definition: People targeted less people reached, in each place, kind of activity and audience, and never below 0 before places are summed.
-- caveat: People may need more than anybody targeted.
-- additive_over: places and kinds of activity
CREATE MACRO contribution_gap(targeted, reached) AS greatest(targeted - reached, 0)::bigint
