-- label: Quiet for 180 days
-- unit: people
-- definition: Distinct people who started, have not completed a course and have not left, without a learning event for 180 days or more.
-- caveat: Quiet is not lost: many come back.
-- additive_over: nothing
CREATE MACRO learners_silent(learners) AS learners::bigint
