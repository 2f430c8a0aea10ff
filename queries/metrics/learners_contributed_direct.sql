-- label: Learners reached directly
-- unit: learners
-- definition: Learners whom activities of education reached directly, once for each activity; an activity that is merely offered has none.
-- caveat: As the organisations state them. Two activities may reach the same learner.
-- additive_over: activities; not over members
CREATE MACRO learners_contributed_direct(learners) AS learners::bigint
