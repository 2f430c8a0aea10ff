-- label: Learners unserved
-- unit: learners
-- definition: Learners of countries closed country-wide on the day, at levels for which no offer meets the conditions: country, level, an official language, technology, audience, free of charge, live on the day, with a focal point.
-- caveat: A level counts whole or not at all: an offer that is live is not yet a learner reached. Secondary is served when lower and upper are.
-- additive_over: countries, levels
CREATE MACRO learners_unserved(learners, is_served) AS coalesce(sum(learners) FILTER (WHERE NOT is_served), 0)::bigint
