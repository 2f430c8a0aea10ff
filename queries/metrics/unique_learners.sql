-- label: Bounds of reach
-- unit: people
-- definition: At least: per cell of country, sex, age band and year the partner with the most learners, then the sum. At most: the sum over partners.
-- caveat: The point lies where partners gave the same id for the same person; ids that were not shared link nobody.
-- additive_over: nothing
CREATE MACRO unique_learners(learners) AS learners::bigint
