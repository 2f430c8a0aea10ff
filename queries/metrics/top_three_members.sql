-- label: Share of the three largest contributing members
-- unit: share
-- definition: Learners of the three organisations with the largest equal parts, divided by all learners reached directly. An activity's learners are parted equally among its lead and supporters.
-- caveat: All members of an activity have equal parts, so that a larger claim brings no advantage.
-- additive_over: nothing
CREATE MACRO top_three_members(top_three, reached) AS top_three::double / nullif(reached, 0)
