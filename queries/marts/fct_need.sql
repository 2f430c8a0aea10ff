-- title: Needs of countries, as last stated
-- grain: one row per need
-- column need_id VARCHAR: stable id
-- column country_iso3 VARCHAR: country
-- column level VARCHAR: pre_primary, primary, lower_secondary, upper_secondary or tertiary
-- column language VARCHAR: ISO 639 code of the language of teaching
-- column highest_tier VARCHAR: the most that works there
-- column highest_tier_rank BIGINT: 1 no-tech, 2 low-tech, 3 hi-tech
-- column activity_type VARCHAR: kind of support asked for, NULL where any helps
-- column audience VARCHAR: learners, teachers, parents or institutions
-- column people BIGINT: people in need
-- column raised_on DATE: day on which it was raised
-- column closed_on DATE: day on which it ended, 2100-01-01 while it stands
-- column requested_by VARCHAR: body that asks, NULL where not stated
-- column provenance VARCHAR: published, reported or demo
WITH newest AS (
    SELECT
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
        provenance,
        row_number() OVER (
            PARTITION BY need_id
            ORDER BY raised_on, country_iso3, level, language, highest_tier, activity_type, audience, people, closed_on
        ) AS take
    FROM stg_needs__needs
    WHERE is_newest
)

SELECT
    need_id,
    country_iso3,
    level,
    language,
    highest_tier,
    cast(CASE highest_tier WHEN 'no-tech' THEN 1 WHEN 'low-tech' THEN 2 ELSE 3 END AS bigint) AS highest_tier_rank,
    activity_type,
    audience,
    people,
    raised_on,
    coalesce(closed_on, cast('2100-01-01' AS date)) AS closed_on,
    requested_by,
    provenance
FROM newest
WHERE take = 1
ORDER BY need_id
