-- title: Learners by country of origin and of residence
-- grain: one row per programme, partner, origin and host (either may be unknown)
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column origin_iso3 VARCHAR: ISO 3166 alpha-3, or unknown
-- column host_iso3 VARCHAR: ISO 3166 alpha-3, or unknown
-- column learners BIGINT: learners reached
SELECT
    programme_id,
    partner_id,
    country_origin AS origin_iso3,
    country_host AS host_iso3,
    count(*) AS learners
FROM int_learner_margin
WHERE reached_on IS NOT NULL
GROUP BY programme_id, partner_id, country_origin, country_host
ORDER BY programme_id, partner_id, country_origin, country_host
