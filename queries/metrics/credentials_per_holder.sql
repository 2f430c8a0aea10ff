-- label: Credentials per holder
-- unit: per learner
-- definition: Certificates of courses and guided projects, divided by learners with at least one credential of any kind.
-- caveat: Learners without a credential are not in it.
-- additive_over: nothing
CREATE MACRO credentials_per_holder(credentials, holders) AS credentials::double / nullif(holders, 0)
