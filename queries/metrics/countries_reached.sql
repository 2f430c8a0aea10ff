-- label: Countries
-- unit: countries
-- definition: Countries and territories in which at least one learner reached lives.
-- caveat: Learners whose country is unknown are counted in reach and in no country.
-- additive_over: nothing
CREATE MACRO countries_reached(countries) AS countries::bigint
