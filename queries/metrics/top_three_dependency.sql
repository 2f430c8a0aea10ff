-- label: Share of the three largest reporting partners
-- unit: share
-- definition: Learners that the three largest partners report, divided by the sum of what all partners report.
-- caveat: A learner of two partners is in both reports.
-- additive_over: nothing
CREATE MACRO top_three_dependency(top_three, reports) AS part_of(top_three, reports)
