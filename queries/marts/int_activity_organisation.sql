-- title: What each organisation says of an activity, over its places, and who is heard first
-- grain: one row per activity in a country for an audience, and organisation
-- column activity_key VARCHAR: tells an activity in a country for an audience apart, and whether it is of education
-- column activity_id VARCHAR: the same for all organisations of one activity
-- column country_iso3 VARCHAR: where: the country
-- column audience VARCHAR: learners, teachers, parents or institutions
-- column is_education BOOLEAN: the sector is education
-- column sector VARCHAR: sector or cluster
-- column is_activity BOOLEAN: a row of a table of needs is none
-- column partner_id VARCHAR: who: its id
-- column organisation VARCHAR: who: its name on the register of members, else as reported
-- column member_type VARCHAR: its type on the register, else as reported, else not stated
-- column is_member BOOLEAN: it is on the register of members and had not left by the day of the list
-- column is_lead BOOLEAN: it is said to lead
-- column hearing BIGINT: 1 for the organisation whose words stand: who leads, of the newest list
-- column activity VARCHAR: what, in a few words
-- column activity_type VARCHAR: its kind, NULL where not stated
-- column mission VARCHAR: NULL where not stated
-- column stage_order BIGINT: the farthest stage, NULL where not stated
-- column began_on DATE: first day
-- column ended_on DATE: last day, NULL while it goes on or where not stated
-- column people_in_need BIGINT: people in need there
-- column people_targeted BIGINT: people meant to be reached
-- column people_direct BIGINT: people reached directly
-- column people_indirect BIGINT: people reached indirectly
-- column people_claimed BIGINT: people that the organisation counts as its own
-- column captured_on DATE: day of the list
-- column provenance VARCHAR: published, reported or demo
WITH summed AS (
    SELECT
        r.activity_key,
        r.activity_id,
        r.country_iso3,
        r.audience,
        r.is_education,
        r.partner_id,
        bool_or(r.is_activity) AS is_activity,
        min(CASE WHEN r.sector <> 'not stated' THEN r.sector END) AS sector,
        min(r.organisation) AS organisation,
        min(r.organisation_type) AS organisation_type,
        min(r.role) = 'lead' AS is_lead,
        min(r.activity) AS activity,
        min(r.activity_type) AS activity_type,
        min(r.mission) AS mission,
        max(r.stage_order) AS stage_order,
        min(r.began_on) AS began_on,
        CASE WHEN count(*) = count(r.ended_on) THEN max(r.ended_on) END AS ended_on,
        cast(sum(r.people_in_need) AS bigint) AS people_in_need,
        cast(sum(r.people_targeted) AS bigint) AS people_targeted,
        cast(sum(r.people_direct) AS bigint) AS people_direct,
        cast(sum(r.people_indirect) AS bigint) AS people_indirect,
        cast(sum(r.people_claimed) AS bigint) AS people_claimed,
        max(r.captured_on) AS captured_on,
        min(r.provenance) AS provenance
    FROM int_activity_row AS r
    GROUP BY r.activity_key, r.activity_id, r.country_iso3, r.audience, r.is_education, r.partner_id
)

SELECT
    s.activity_key,
    s.activity_id,
    s.country_iso3,
    s.audience,
    s.is_education,
    coalesce(s.sector, 'not stated') AS sector,
    s.is_activity,
    s.partner_id,
    -- An organisation has one name, however often and otherwise it is written.
    coalesce(m.member, min(s.organisation) OVER (PARTITION BY s.partner_id)) AS organisation,
    coalesce(m.member_type, min(s.organisation_type) OVER (PARTITION BY s.partner_id), 'not stated') AS member_type,
    m.partner_id IS NOT NULL AND (m.left_on IS NULL OR m.left_on > s.captured_on) AS is_member,
    s.is_lead,
    cast(row_number() OVER (
        PARTITION BY s.activity_key
        ORDER BY CASE WHEN s.is_lead THEN 0 ELSE 1 END, s.captured_on DESC, s.people_direct DESC, s.partner_id
    ) AS bigint) AS hearing,
    s.activity,
    s.activity_type,
    s.mission,
    s.stage_order,
    s.began_on,
    s.ended_on,
    s.people_in_need,
    s.people_targeted,
    s.people_direct,
    s.people_indirect,
    s.people_claimed,
    s.captured_on,
    s.provenance
FROM summed AS s
LEFT JOIN dim_member AS m ON s.partner_id = m.partner_id
ORDER BY s.activity_key, hearing
