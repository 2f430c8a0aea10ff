-- label: Level is served
-- unit: yes or no
-- definition: The rank of the technology from which a live free offer serves the level is no higher than the one available.
-- caveat: A level counts whole or not at all; an offer that is live is not yet a learner reached.
-- additive_over: nothing
CREATE MACRO is_served(served_from_tier, tier_at_hand) AS coalesce(served_from_tier <= tier_at_hand, FALSE)
