-- label: Learners with a credential
-- unit: people
-- definition: Distinct people who hold at least one credential of any kind.
-- caveat: Shown beside the number of credentials, since one learner may hold many.
-- additive_over: nothing
CREATE MACRO learners_with_credential(learners) AS learners::bigint
