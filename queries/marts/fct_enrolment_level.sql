-- title: Learners by country, level and sex, latest vintage
-- grain: one row per country, level and sex
-- column vintage DATE: capture of the UIS file
-- column country_iso3 VARCHAR: country
-- column level VARCHAR: pre_primary, primary, secondary or tertiary
-- column sex VARCHAR: female or male
-- column learners BIGINT: learners enrolled, NULL where not available
-- column provenance VARCHAR: published or demo
WITH latest AS (
    SELECT max(captured_on) AS latest_on
    FROM stg_uis_enrolment__learners
)

SELECT
    e.captured_on AS vintage,
    e.country_iso3,
    e.level,
    e.sex,
    e.learners,
    e.provenance
FROM stg_uis_enrolment__learners AS e
INNER JOIN latest ON e.captured_on = latest.latest_on
ORDER BY e.country_iso3, e.level, e.sex
