-- title: What does the coalition do in one country?
-- grain: one row
-- param $country_iso3 VARCHAR: ISO 3166 alpha-3
-- param $programme_id
-- column country_iso3 VARCHAR: the country asked about
-- column country VARCHAR: UN short name
-- column learners BIGINT: distinct learners reached who live there
-- column learners_from_there BIGINT: distinct learners reached who come from there
-- column learners_completed BIGINT: of those who live there, completed at least one course
-- column share_completed DOUBLE: completed / registered, people, 0 to 1
-- column share_low DOUBLE: lower end of its 95 % interval
-- column share_high DOUBLE: upper end of its 95 % interval
-- column learners_registered BIGINT: distinct learners registered who live there
-- column first_on DATE: first learning event there
-- column partners BIGINT: partners with a learner reached there
-- column programmes BIGINT: programmes with a learner reached there
-- column hubs BIGINT: learning hubs named there
-- column refugees_hosted BIGINT: refugees under UNHCR's mandate, newest year; NULL where not known
-- column learners_per_1000_refugees DOUBLE: learners for 1,000 refugees hosted
-- metric: learners_reached
-- metric: learners_per_1000_refugees
WITH there AS (
    SELECT
        max(learners) FILTER (WHERE partner_id = all_partners() AND counted_by = 'host') AS learners,
        max(learners) FILTER (WHERE partner_id = all_partners() AND counted_by = 'origin') AS learners_from_there,
        max(learners_completed) FILTER (WHERE partner_id = all_partners() AND counted_by = 'host') AS learners_completed,
        max(learners_registered) FILTER (WHERE partner_id = all_partners() AND counted_by = 'host') AS learners_registered,
        min(first_on) FILTER (WHERE partner_id = all_partners() AND counted_by = 'host') AS first_on,
        count(DISTINCT partner_id) FILTER (WHERE counted_by = 'host' AND learners > 0 AND partner_id <> 'all') AS partners
    FROM cube_country
    WHERE country_iso3 = $country_iso3 AND programme_id = coalesce($programme_id, 'all')
),

running AS (
    SELECT count(DISTINCT c.programme_id) AS programmes
    FROM cube_country AS c
    INNER JOIN dim_programme AS p ON c.programme_id = p.programme_id
    WHERE c.country_iso3 = $country_iso3 AND c.counted_by = 'host' AND c.learners > 0 AND p.in_total
),

hosted AS (
    SELECT sum(r.refugees)::bigint AS refugees
    FROM fct_refugees AS r
    WHERE r.host_iso3 = $country_iso3 AND r.year = (SELECT max(y.year) FROM fct_refugees AS y)
),

named AS (
    SELECT count(*) AS hubs
    FROM dim_hub
    WHERE country_iso3 = $country_iso3
)

SELECT
    c.country_iso3,
    c.country,
    known(t.learners) AS learners,
    known(t.learners_from_there) AS learners_from_there,
    known(t.learners_completed) AS learners_completed,
    part_of(t.learners_completed, t.learners_registered) AS share_completed,
    wilson_low(t.learners_completed, t.learners_registered) AS share_low,
    wilson_high(t.learners_completed, t.learners_registered) AS share_high,
    known(t.learners_registered) AS learners_registered,
    t.first_on,
    t.partners,
    running.programmes,
    named.hubs,
    h.refugees AS refugees_hosted,
    learners_per_1000_refugees(known(t.learners), h.refugees) AS learners_per_1000_refugees
FROM dim_country AS c
CROSS JOIN there AS t
CROSS JOIN running
CROSS JOIN hosted AS h
CROSS JOIN named
WHERE c.country_iso3 = $country_iso3
ORDER BY c.country_iso3
