-- title: Who does what, where, when and for whom, as reported
-- grain: one row per capture, organisation and activity
-- column captured_on DATE: day of the file
-- column is_newest BOOLEAN: of the newest file that has this reported by
-- column activity_id VARCHAR: the same for all organisations of one activity
-- column partner_id VARCHAR: its id on the register of members
-- column organisation VARCHAR: who: the organisation
-- column organisation_type VARCHAR: private sector, multilateral, civil society, network, media or other
-- column role VARCHAR: lead or supporter
-- column country_iso3 VARCHAR: where: the country
-- column admin1_code VARCHAR: code of the place, first level
-- column admin1 VARCHAR: its name
-- column admin2_code VARCHAR: code of the place, second level
-- column admin2 VARCHAR: its name
-- column admin3_code VARCHAR: code of the place, third level
-- column admin3 VARCHAR: its name
-- column sector VARCHAR: sector or cluster
-- column is_education BOOLEAN: the sector is education, in whatever language it is written
-- column activity VARCHAR: what, in a few words
-- column activity_type VARCHAR: its kind, as in offers
-- column mission VARCHAR: connectivity, teachers, gender, skills or learning
-- column audience VARCHAR: for whom: learners, teachers, parents or institutions
-- column stage VARCHAR: offered, confirmed, delivering or delivered
-- column began_on DATE: when: first day
-- column ended_on DATE: when: last day
-- column people_in_need BIGINT: people in need there
-- column people_targeted BIGINT: people that the activity is meant to reach
-- column people_direct BIGINT: people reached directly
-- column people_indirect BIGINT: people reached indirectly
-- column people_claimed BIGINT: people that this organisation counts as its own in this activity
-- column reported_by VARCHAR: who sends the list
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY reported_by) AS is_newest,
    activity_id,
    partner_id,
    organisation,
    organisation_type,
    role,
    country_iso3,
    admin1_code,
    admin1,
    admin2_code,
    admin2,
    admin3_code,
    admin3,
    sector,
    is_education,
    activity,
    activity_type,
    mission,
    audience,
    stage,
    began_on,
    ended_on,
    people_in_need,
    people_targeted,
    people_direct,
    people_indirect,
    people_claimed,
    reported_by,
    provenance
FROM raw_contributions_5w
ORDER BY captured_on, activity_id, partner_id, organisation, organisation_type, role, country_iso3, admin1_code, admin1, admin2_code, admin2, admin3_code, admin3, sector, is_education, activity, activity_type, mission, audience, stage, began_on, ended_on, people_in_need, people_targeted, people_direct, people_indirect, people_claimed, reported_by
