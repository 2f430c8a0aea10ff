-- label: Still learning
-- unit: share
-- definition: Learners seen learning in the week or later, of those who started in the month.
-- caveat: Who came back after a break counts as retained through it.
-- additive_over: nothing
CREATE MACRO share_retained(later, started) AS part_of(later, started)
