-- label: Right audience
-- unit: pass or fail
-- definition: The offer is made for those who are in need: learners, teachers, parents or institutions.
-- caveat: An offer names one audience, its first.
-- additive_over: nothing
CREATE MACRO gate_audience(audience, needed_audience) AS audience = needed_audience
