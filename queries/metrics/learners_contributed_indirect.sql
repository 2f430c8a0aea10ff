-- label: Learners reached indirectly
-- unit: learners
-- definition: Learners whom activities of education reached through others, once for each activity; never added to those reached directly.
-- caveat: As the organisations state them; they may be the same learners as those reached directly.
-- additive_over: activities; not over members
CREATE MACRO learners_contributed_indirect(learners) AS learners::bigint
