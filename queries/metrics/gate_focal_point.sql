-- label: Has a focal point
-- unit: pass or fail
-- definition: The offer, or its member, names whom to write to.
-- caveat: Whether somebody answers is told by the day on which the focal point was last confirmed.
-- additive_over: nothing
CREATE MACRO gate_focal_point(focal_point) AS focal_point IS NOT NULL
