-- label: Share unserved
-- unit: share
-- definition: Learners with no live free offer divided by learners affected by closures, on the same day.
-- caveat: An offer that is live is not yet a learner reached.
-- additive_over: nothing
CREATE MACRO share_unserved(unserved, affected) AS unserved::double / nullif(affected, 0)
