-- title: Learners by country, level and sex
-- grain: one row per vintage, country, level and sex
-- column captured_on DATE: vintage
-- column country_iso3 VARCHAR: country
-- column level VARCHAR: pre_primary (ISCED 0), primary (1), secondary (2-3), tertiary (5-8)
-- column sex VARCHAR: female or male
-- column learners BIGINT: learners enrolled, NULL where not available
-- column provenance VARCHAR: published or demo
SELECT
    captured_on,
    country_iso3,
    level,
    sex,
    learners,
    provenance
FROM raw_uis_enrolment
ORDER BY captured_on, country_iso3, level, sex
