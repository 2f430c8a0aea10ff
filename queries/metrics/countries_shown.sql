-- label: Countries with a figure
-- unit: countries
-- definition: Countries of which the number of learners is shown. For viewers who own the rows these are all countries reached.
-- caveat: Countries with too few learners to be shown count in Countries and not here.
-- additive_over: nothing
CREATE MACRO countries_shown(country_iso3) AS count(DISTINCT country_iso3)::bigint
