-- label: Refugees hosted
-- unit: people
-- definition: Refugees under UNHCR's mandate in the country of asylum at the end of the year.
-- caveat: People under UNRWA's mandate, asylum-seekers and internally displaced people are not in this figure.
-- additive_over: host, origin
CREATE MACRO refugees_hosted(refugees) AS sum(refugees)::bigint
