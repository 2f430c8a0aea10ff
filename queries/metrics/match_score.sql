-- label: Score of a match
-- unit: points
-- definition: Of 100 points: 40 for the kind of support asked for, up to 30 for capacity, up to 20 for a focal point that answered lately, 10 for naming the country of the need.
-- caveat: The score orders the offers that fit; it does not measure the quality of an offer.
-- additive_over: nothing
CREATE MACRO match_score(kind_points, capacity_points, focal_points, country_points) AS
(kind_points + capacity_points + focal_points + country_points)::bigint
