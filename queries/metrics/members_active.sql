-- label: Members active
-- unit: members
-- definition: Members on the register that lead or support an activity of education which is confirmed, delivering, delivered or of no stated stage (or offered, where that stage is chosen).
-- caveat: Organisations that are not on the register are counted separately. A member without an activity may be active in ways that were not reported.
-- additive_over: nothing
CREATE MACRO members_active(members) AS members::bigint
