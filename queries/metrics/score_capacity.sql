-- label: Points for capacity
-- unit: points
-- definition: 30 times the capacity divided by the people in need, at most 30; 30 where the capacity has no limit.
-- caveat: Capacity is that of the whole offer, including other needs that it serves.
-- additive_over: parts of the score
CREATE MACRO score_capacity(capacity, people) AS
CASE WHEN capacity IS NULL OR capacity >= people THEN 30 ELSE floor(30 * capacity::double / nullif(people, 0))::bigint END
