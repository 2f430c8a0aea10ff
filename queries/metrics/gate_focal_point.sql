-- label: Has a focal point
-- unit: pass or fail
-- definition: The offer, or its member, names whom to write to.
-- caveat: The day on which the focal point was last confirmed shows whether requests are answered.
-- additive_over: nothing
CREATE MACRO gate_focal_point(focal_point) AS focal_point IS NOT NULL
