-- label: Credentials per learner
-- unit: per learner
-- definition: Certificates of courses and guided projects, divided by learners reached.
-- caveat: Most learners hold none; per holder is another figure.
-- additive_over: nothing
CREATE MACRO credentials_per_learner(credentials, learners) AS credentials::double / nullif(learners, 0)
