-- label: Quiet learners
-- unit: people
-- definition: Learners who started, have not completed a course and have not left, without a learning event for the days chosen, up to the day of the newest file.
-- caveat: Quiet is not lost: many come back.
-- additive_over: nothing
CREATE MACRO learners_quiet(learners) AS learners::bigint
