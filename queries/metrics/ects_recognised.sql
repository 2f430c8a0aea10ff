-- label: Credits recognised
-- unit: ECTS
-- definition: ECTS credits awarded by universities in decisions up to the day.
-- caveat: Credits asked for, and requests not decided yet, are other figures.
-- additive_over: programmes
CREATE MACRO ects_recognised(credits) AS credits::double
