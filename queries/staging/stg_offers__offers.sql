-- title: Offers as members state them
-- grain: one row per capture and offer
-- column captured_on DATE: day of the file
-- column is_newest BOOLEAN: of the newest file that has this offer id
-- column offer_id VARCHAR: stable id of the offer
-- column partner_id VARCHAR: the member that offers
-- column offer VARCHAR: what it is, in a few words
-- column activity_type VARCHAR: learning platform, courses, content, radio and television, print, connectivity, devices, teacher training, psychosocial support, assessment or other
-- column mission VARCHAR: connectivity, teachers, gender, skills or learning
-- column audience VARCHAR: learners, teachers, parents or institutions
-- column countries VARCHAR: all, or alpha-3 codes each between semicolons
-- column languages VARCHAR: all, or ISO 639 codes each between semicolons
-- column levels VARCHAR: all, or levels each between semicolons
-- column tier VARCHAR: what the learner needs: no-tech, low-tech (radio, television, text messages) or hi-tech (internet)
-- column is_free BOOLEAN: yes where it costs nothing
-- column free_until DATE: last day on which it is free
-- column capacity BIGINT: people that can be served
-- column valid_from DATE: first day
-- column valid_to DATE: last day
-- column focal_point VARCHAR: address of a role, such as education@…
-- column focal_point_confirmed_on DATE: day on which the focal point last answered
-- column recorded_on DATE: day on which the offer was recorded
-- column withdrawn_on DATE: day on which the member withdrew it
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY offer_id) AS is_newest,
    offer_id,
    partner_id,
    offer,
    activity_type,
    mission,
    audience,
    countries,
    languages,
    levels,
    tier,
    is_free,
    free_until,
    capacity,
    valid_from,
    valid_to,
    focal_point,
    focal_point_confirmed_on,
    recorded_on,
    withdrawn_on,
    provenance
FROM raw_offers
ORDER BY captured_on, offer_id, partner_id, offer, activity_type, mission, audience, countries, languages, levels, tier, is_free, free_until, capacity, valid_from, valid_to, focal_point, focal_point_confirmed_on, recorded_on, withdrawn_on
