-- label: Country is served
-- unit: pass or fail
-- definition: The offer names the country of the need, or all countries.
-- caveat: As stated in the offer; not verified in the country.
-- additive_over: nothing
CREATE MACRO gate_country(countries, country_iso3) AS countries = 'all' OR contains(countries, ';' || country_iso3 || ';')
