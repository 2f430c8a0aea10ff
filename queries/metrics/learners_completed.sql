-- label: Learners who completed a course
-- unit: people
-- definition: Distinct people who completed at least one course or guided project by the day.
-- caveat: One person may complete several: courses completed are another figure.
-- additive_over: nothing
CREATE MACRO learners_completed(learners) AS learners::bigint
