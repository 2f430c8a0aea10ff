-- label: Verified completion
-- unit: share
-- definition: Course runs on the verified track that were completed within the horizon, of those enrolled at least the horizon before they were last observed.
-- caveat: Younger course runs are not in the rate: a run that has not ended is not failed.
-- additive_over: nothing
CREATE MACRO matured_verified_completion(completed, matured) AS part_of(completed, matured)
