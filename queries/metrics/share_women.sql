-- label: Share of women
-- unit: share
-- definition: Learners whose sex is reported as female, divided by all whose sex is reported.
-- caveat: The share not reported is shown beside it.
-- additive_over: nothing
CREATE MACRO share_women(women, reported) AS part_of(women, reported)
