-- label: Learners at a learning hub
-- unit: people
-- definition: Distinct people whom a partner registered at a learning hub.
-- caveat: As the newest file has it: who changed hubs is not known.
-- additive_over: nothing
CREATE MACRO learners_at_hub(learners) AS learners::bigint
