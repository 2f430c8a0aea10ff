-- label: Learners reached
-- unit: people
-- definition: Distinct people with at least one learning event. An enrolment is not a person, and a registration is not a learning event.
-- caveat: Reports state the last activity in a course, not the first, so the first day on which the class was open counts as the start.
-- additive_over: nothing
CREATE MACRO learners_reached(learners) AS learners::bigint
