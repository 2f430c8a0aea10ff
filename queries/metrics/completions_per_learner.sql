-- label: Completions per learner
-- unit: per learner
-- definition: Course runs completed, divided by learners registered.
-- caveat: It is not a rate, and may be over 1.
-- additive_over: nothing
CREATE MACRO completions_per_learner(completions, learners) AS completions::double / nullif(learners, 0)
