-- label: Partners
-- unit: partners
-- definition: Partners with at least one learner reached by the day.
-- caveat: A partner that reports only registrations is not counted.
-- additive_over: nothing
CREATE MACRO active_partners(partners) AS partners::bigint
