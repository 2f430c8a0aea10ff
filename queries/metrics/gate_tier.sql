-- label: Technology available
-- unit: pass or fail
-- definition: The offer asks for no more technology than is available in the country: no-tech, low-tech or hi-tech.
-- caveat: The tier of a need holds for most of its learners, not for each.
-- additive_over: nothing
CREATE MACRO gate_tier(tier_rank, highest_tier_rank) AS tier_rank <= highest_tier_rank
