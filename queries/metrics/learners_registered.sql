-- label: Learners registered
-- unit: people
-- definition: Distinct people on a partner's register, joined to a programme, or enrolled in a course.
-- caveat: Registered, reached and active are three measures; they are never mixed.
-- additive_over: months of first registration
CREATE MACRO learners_registered(learners) AS learners::bigint
