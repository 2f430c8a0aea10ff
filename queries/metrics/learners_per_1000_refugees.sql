-- label: Learners per 1,000 refugees
-- unit: rate
-- definition: Learners reached who live in the country, for 1,000 refugees under UNHCR's mandate hosted there at the end of the newest year.
-- caveat: Learners of all years against refugees of one; a country whose refugees moved on shows a high rate.
-- additive_over: nothing
CREATE MACRO learners_per_1000_refugees(learners, refugees) AS 1000 * learners::double / nullif(refugees, 0)
