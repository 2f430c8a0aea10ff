-- label: Learners affected
-- unit: learners
-- definition: All learners enrolled, pre-primary to tertiary, in the countries closed country-wide on the day (UNESCO's definition).
-- caveat: Enrolment is of one vintage for all days, so figures differ from those UNESCO published on an older vintage. Countries without enrolment data add nothing.
-- additive_over: country, level, sex
CREATE MACRO learners_affected(learners_closed) AS learners_closed::bigint
