-- label: Points for naming the country
-- unit: points
-- definition: 10 when the offer names the country, 0 when it is for all.
-- caveat: An offer for all countries may still be the best one.
-- additive_over: parts of the score
CREATE MACRO score_country(countries) AS CASE WHEN countries = 'all' THEN 0 ELSE 10 END
