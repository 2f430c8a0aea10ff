-- label: Countries with an activity
-- unit: countries
-- definition: Countries and territories in which an activity of education is confirmed, delivering, delivered or of no stated stage (or offered, where that stage is chosen).
-- caveat: An activity in a country does not mean that all of it is served.
-- additive_over: nothing
CREATE MACRO countries_with_activity(countries) AS countries::bigint
