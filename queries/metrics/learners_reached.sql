-- label: Learners reached
-- unit: people
-- definition: Distinct people with at least one learning event. An enrolment is not a person, and a registration is not a learning event.
-- caveat: Reports tell the last activity in a course, not the first: the first day on which its class was open stands for the start.
-- additive_over: nothing
CREATE MACRO learners_reached(learners) AS learners::bigint
