-- title: How many learners does each country have, and how many is that for 1,000 refugees hosted?
-- grain: one row per country with learners reached, largest first; unknown is in learner_totals
-- param $by
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
-- column learners BIGINT: distinct learners reached by programmes for refugees
-- column refugees_hosted BIGINT: refugees under UNHCR's mandate in the country, newest year; NULL where not known
-- column learners_per_1000_refugees DOUBLE: learners for 1,000 refugees hosted; NULL by origin and where not known
-- metric: learners_per_1000_refugees
-- caveat: Learners of programmes for refugees only. The rate sets all learners ever reached against the refugees of one year's end.
WITH hosted AS (
    SELECT
        r.host_iso3,
        sum(r.refugees)::bigint AS refugees
    FROM fct_refugees AS r
    WHERE r.year = (SELECT max(y.year) FROM fct_refugees AS y)
    GROUP BY r.host_iso3
)

SELECT
    l.country_iso3,
    c.country,
    l.learners,
    h.refugees AS refugees_hosted,
    CASE WHEN l.counted_by = 'host' THEN learners_per_1000_refugees(l.learners, h.refugees) END AS learners_per_1000_refugees
FROM cube_country AS l
INNER JOIN dim_country AS c ON l.country_iso3 = c.country_iso3
LEFT JOIN hosted AS h ON l.country_iso3 = h.host_iso3
WHERE l.programme_id = 'for_refugees' AND l.partner_id = 'all' AND l.counted_by = $by AND l.learners > 0
ORDER BY l.learners DESC, l.country_iso3
