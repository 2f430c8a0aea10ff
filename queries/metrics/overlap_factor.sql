-- label: Overlap factor
-- unit: times
-- definition: What members count as their own, summed, divided by the learners reached directly, counted once for each activity.
-- caveat: 1 would mean that no learner is claimed twice. Where a member states no claim, those it reports as reached are taken, and where it reports none, all whom the activity reached.
-- additive_over: nothing
CREATE MACRO overlap_factor(claimed, reached) AS claimed::double / nullif(reached, 0)
