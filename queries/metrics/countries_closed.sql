-- label: Countries closed
-- unit: countries
-- definition: Countries whose schools were closed country-wide on the day. Partially open, open and academic break are not counted.
-- caveat: One country for each ISO code. Hong Kong and Macao, listed under China's code until April 2020, are territories and not counted.
-- additive_over: country
CREATE MACRO countries_closed(countries_closed) AS countries_closed::bigint
