-- label: Active in the last 30 days
-- unit: people
-- definition: Distinct people with a learning event in the 30 days up to the day.
-- caveat: Reports state the last activity of a course run only, so a learner counts as active between its first and its last one.
-- additive_over: nothing
CREATE MACRO learners_active(learners) AS learners::bigint
