-- title: A person once for each partner that reaches her, in the cell in which all partners together place her
-- grain: one row per programme (or for_refugees, or all), partner and person reached
-- column programme_id VARCHAR: programme, for_refugees, or all but rehearsals
-- column partner_id VARCHAR: partner
-- column learner_key VARCHAR: person linked across partners
-- column reached_on DATE: first learning event that this partner reports in this total
-- column country_host VARCHAR: ISO 3166 alpha-3, or unknown; this and what follows as everybody's files have it
-- column sex VARCHAR: female, male, other or not reported
-- column age_band VARCHAR: band of years, or not reported
-- column first_year BIGINT: year of the first learning event that anybody reports
WITH persons AS (
    SELECT
        m.programme_id,
        m.partner_id,
        coalesce(i.person_key, m.learner_key) AS learner_key,
        min(m.reached_on) AS reached_on
    FROM int_learner_margin AS m
    LEFT JOIN int_identity AS i ON m.learner_key = i.email_key AND m.partner_id = i.partner_id
    WHERE m.partner_id <> 'all' AND m.reached_on IS NOT NULL
    GROUP BY m.programme_id, m.partner_id, coalesce(i.person_key, m.learner_key)
)

SELECT
    o.programme_id,
    o.partner_id,
    o.learner_key,
    o.reached_on,
    coalesce(p.country_host, 'unknown') AS country_host,
    coalesce(p.sex, 'not reported') AS sex,
    coalesce(p.age_band, 'not reported') AS age_band,
    cast(year(f.reached_on) AS bigint) AS first_year
FROM persons AS o
INNER JOIN int_first_reached AS f ON o.learner_key = f.learner_key
LEFT JOIN int_learner AS p ON o.learner_key = p.learner_key AND p.partner_id = 'all'
ORDER BY o.programme_id, o.partner_id, o.learner_key
