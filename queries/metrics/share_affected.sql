-- label: Share affected
-- unit: share
-- definition: Learners affected divided by all learners enrolled in the world, both of the stated vintage.
-- caveat: The vintage is that of the enrolment file, not of the day.
-- additive_over: nothing
CREATE MACRO share_affected(affected, total) AS affected::double / nullif(total, 0)
