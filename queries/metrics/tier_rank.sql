-- label: Rank of a technology
-- unit: rank
-- definition: 1 for no-tech, 2 for low-tech, 3 for hi-tech or where any technology is asked for.
-- caveat: Each works wherever a later one does.
-- additive_over: nothing
CREATE MACRO tier_rank(tier) AS CASE tier WHEN 'no-tech' THEN 1 WHEN 'low-tech' THEN 2 ELSE 3 END
