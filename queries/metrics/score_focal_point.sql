-- label: Points for a focal point that answers
-- unit: points
-- definition: 20 when the focal point answered in the 180 days before, 10 in the year before, else 0.
-- caveat: A focal point that has never been asked looks like one that does not answer.
-- additive_over: parts of the score
CREATE MACRO score_focal_point(confirmed_on, on_day) AS
CASE WHEN confirmed_on >= on_day - 180 THEN 20 WHEN confirmed_on >= on_day - 365 THEN 10 ELSE 0 END
