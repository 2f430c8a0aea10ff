-- title: Needs as countries state them
-- grain: one row per capture and need
-- column captured_on DATE: day of the file
-- column is_newest BOOLEAN: of the newest file that has this need id
-- column need_id VARCHAR: stable id of the need
-- column country_iso3 VARCHAR: country, as ISO 3166 alpha-3 code or name
-- column level VARCHAR: pre_primary, primary, lower_secondary, upper_secondary or tertiary
-- column language VARCHAR: ISO 639 code or name of the language that learners are taught in
-- column highest_tier VARCHAR: the most that works there: no-tech, low-tech or hi-tech
-- column activity_type VARCHAR: kind of support asked for, as in offers
-- column audience VARCHAR: learners, teachers, parents or institutions
-- column people BIGINT: people in need
-- column raised_on DATE: day on which it was raised
-- column closed_on DATE: day on which it ended
-- column requested_by VARCHAR: body that asks, such as Ministry of Education
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY need_id) AS is_newest,
    need_id,
    country_iso3,
    level,
    language,
    highest_tier,
    activity_type,
    audience,
    people,
    raised_on,
    closed_on,
    requested_by,
    provenance
FROM raw_needs
ORDER BY captured_on, need_id, country_iso3, level, language, highest_tier, activity_type, audience, people, raised_on, closed_on, requested_by
