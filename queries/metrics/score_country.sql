-- label: Points for naming the country
-- unit: points
-- definition: 10 when the offer names the country of the need; 0 when it names others only, none, or is for all countries.
-- caveat: An offer for all countries may still be the best one.
-- additive_over: parts of the score
CREATE MACRO score_country(countries, country_iso3) AS
CASE WHEN countries <> 'all' AND contains(countries, ';' || country_iso3 || ';') THEN 10 ELSE 0 END
