-- title: Which offers are there for a country, level and language, by technology, and are they live?
-- grain: one row per offer recorded by the day
-- param $on_date DATE: the day asked about, or NULL for that of the newest list of offers, needs or matches
-- param $country_iso3 VARCHAR: country that is served, or NULL for all
-- param $level VARCHAR: level, or NULL for all
-- param $language VARCHAR: ISO 639 code, or NULL for all
-- param $tier VARCHAR: the highest technology available: no-tech, low-tech or hi-tech, or NULL for any
-- param $audience
-- column offer_id VARCHAR: offer
-- column offer VARCHAR: what it is
-- column member VARCHAR: who offers
-- column activity_type VARCHAR: its kind
-- column audience VARCHAR: for whom
-- column tier VARCHAR: no-tech, low-tech or hi-tech
-- column levels VARCHAR: levels, or all
-- column languages VARCHAR: languages, or all
-- column countries VARCHAR "Countries" words(country): countries, or all
-- column capacity BIGINT: people that can be served, NULL where it has no limit
-- column state VARCHAR: live, not yet, ended, free period expired, not free, or no focal point, on the day
-- column live_to DATE: last day on which it is live and free, NULL where that has no end
-- column focal_point VARCHAR: whom to write to
WITH day AS (
    SELECT * FROM fragment.matching_date
)

SELECT
    o.offer_id,
    o.offer,
    o.member,
    o.activity_type,
    o.audience,
    o.tier,
    replace(trim(o.levels, ';'), ';', ', ') AS levels,
    replace(trim(o.languages, ';'), ';', ', ') AS languages,
    replace(trim(o.countries, ';'), ';', ', ') AS countries,
    o.capacity,
    offer_state(o.is_free, o.free_until, o.valid_from, o.valid_to, o.focal_point, d.on_date) AS state,
    nullif(least(o.valid_to, o.free_until), date '2100-01-01') AS live_to,
    o.focal_point
FROM fct_offer AS o
INNER JOIN day AS d ON o.recorded_on <= d.on_date
WHERE
    ($country_iso3 IS NULL OR gate_country(o.countries, $country_iso3))
    AND ($level IS NULL OR gate_level(o.levels, $level))
    AND ($language IS NULL OR gate_language(o.languages, $language))
    AND o.tier_rank <= tier_rank($tier)
    AND ($audience IS NULL OR gate_audience(o.audience, $audience))
ORDER BY list_position(['live', 'no focal point', 'free period expired', 'not yet', 'ended', 'not free'], state), o.tier_rank, o.offer_id
