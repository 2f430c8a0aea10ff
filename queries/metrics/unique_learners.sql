-- label: Bounds of reach
-- unit: people
-- definition: At least: per cell of country, sex, age band and year the partner with the most learners, then the sum. At most: the sum over partners.
-- caveat: The estimate counts a person once where partners reported the same id; people whose ids were not shared are counted once per partner.
-- additive_over: nothing
CREATE MACRO unique_learners(learners) AS learners::bigint
