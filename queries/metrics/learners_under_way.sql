-- label: Learners under way
-- unit: people
-- definition: Distinct people who started, have not completed a course and have not left, with a learning event in the last 180 days.
-- caveat: Reports state the last activity of a course run only, so a learner counts as active between its first and its last one.
-- additive_over: nothing
CREATE MACRO learners_under_way(learners) AS learners::bigint
