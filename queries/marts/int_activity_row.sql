-- title: What each organisation says of an activity in a place, once, from the newest list that names it there
-- grain: one row per activity in a country for an audience, organisation and place; of several kinds there that with most people
-- column activity_key VARCHAR: tells an activity in a country for an audience apart, and whether it is of education
-- column activity_id VARCHAR: the same for all organisations of one activity
-- column country_iso3 VARCHAR: where: the country
-- column audience VARCHAR: learners, teachers, parents or institutions
-- column is_education BOOLEAN: the sector is education
-- column sector VARCHAR: sector or cluster
-- column is_activity BOOLEAN: somebody does something: who, what or how far is stated, or people were reached; a row of a table of needs is none
-- column place1 VARCHAR: code or name of the place, first level; empty where none is stated
-- column place2 VARCHAR: second level
-- column place3 VARCHAR: third level
-- column partner_id VARCHAR: who: its id
-- column organisation VARCHAR: who: its name as confirmed, else as reported
-- column organisation_type VARCHAR: as reported
-- column role VARCHAR: lead or supporter, as reported
-- column activity VARCHAR: what, in a few words
-- column activity_type VARCHAR: its kind, NULL where not stated
-- column mission VARCHAR: NULL where not stated
-- column stage_order BIGINT: 1 offered, 2 confirmed, 3 delivering, 4 delivered; NULL where not stated
-- column began_on DATE: first day
-- column ended_on DATE: last day
-- column people_in_need BIGINT: people in need there
-- column people_targeted BIGINT: people meant to be reached
-- column people_direct BIGINT: people reached directly
-- column people_indirect BIGINT: people reached indirectly
-- column people_claimed BIGINT: people that the organisation counts as its own; those it states as reached where it says nothing
-- column reported_by VARCHAR: who sends the list
-- column captured_on DATE: day of the list
-- column provenance VARCHAR: published, reported or demo
WITH listed AS (
    -- Names that a steward confirmed as one organisation are one.
    SELECT
        s.activity_id,
        s.country_iso3,
        s.audience,
        s.is_education,
        s.sector,
        s.admin1_code,
        s.admin1,
        s.admin2_code,
        s.admin2,
        s.admin3_code,
        s.admin3,
        coalesce(n.organisation_id, s.partner_id) AS partner_id,
        coalesce(n.organisation, s.organisation) AS organisation,
        s.organisation_type,
        s.role,
        s.activity,
        s.activity_type,
        s.mission,
        s.stage,
        s.began_on,
        s.ended_on,
        s.people_in_need,
        s.people_targeted,
        s.people_direct,
        s.people_indirect,
        s.people_claimed,
        s.captured_on,
        s.provenance,
        s.reported_by
    FROM stg_contributions_5w__activities AS s
    LEFT JOIN int_organisation_name AS n ON s.partner_id = n.written_id
    WHERE s.is_newest
),

told AS (
    SELECT
        concat_ws('|', activity_id, country_iso3, audience, CASE WHEN is_education THEN 'education' ELSE 'other' END) AS activity_key,
        activity_id,
        country_iso3,
        audience,
        is_education,
        sector,
        lower(coalesce(admin1_code, admin1, '')) AS place1,
        lower(coalesce(admin2_code, admin2, '')) AS place2,
        lower(coalesce(admin3_code, admin3, '')) AS place3,
        max(
            CASE
                WHEN organisation <> 'not stated' OR activity IS NOT NULL OR activity_type IS NOT NULL OR mission IS NOT NULL THEN 1
                WHEN stage IS NOT NULL OR people_direct > 0 OR people_indirect > 0 OR people_claimed > 0 THEN 1
                ELSE 0
            END
        ) OVER (PARTITION BY activity_id, country_iso3, audience, is_education) AS activity_rows,
        partner_id,
        organisation,
        organisation_type,
        role,
        activity,
        activity_type,
        mission,
        CASE stage WHEN 'offered' THEN 1 WHEN 'confirmed' THEN 2 WHEN 'delivering' THEN 3 WHEN 'delivered' THEN 4 END AS stage_order,
        began_on,
        ended_on,
        people_in_need,
        people_targeted,
        people_direct,
        people_indirect,
        coalesce(people_claimed, people_direct) AS people_claimed,
        captured_on,
        provenance,
        -- Two lists may tell of one organisation in one activity, with places cut otherwise: one of them is heard.
        first_value(reported_by) OVER (
            PARTITION BY activity_id, country_iso3, audience, is_education, partner_id
            ORDER BY captured_on DESC, reported_by
        ) AS heard,
        reported_by,
        row_number() OVER (
            PARTITION BY
                activity_id, country_iso3, audience, is_education, partner_id, reported_by,
                admin1_code, admin1, admin2_code, admin2, admin3_code, admin3
            ORDER BY
                captured_on DESC, role,
                CASE stage WHEN 'offered' THEN 1 WHEN 'confirmed' THEN 2 WHEN 'delivering' THEN 3 WHEN 'delivered' THEN 4 END DESC,
                people_direct DESC, people_indirect DESC, people_targeted DESC,
                people_in_need DESC, people_claimed DESC, began_on, ended_on DESC, mission, activity_type, activity, organisation,
                organisation_type, sector
        ) AS take
    FROM listed
)

SELECT
    activity_key,
    activity_id,
    country_iso3,
    audience,
    is_education,
    sector,
    activity_rows = 1 AS is_activity,
    place1,
    place2,
    place3,
    partner_id,
    organisation,
    organisation_type,
    role,
    activity,
    activity_type,
    mission,
    cast(stage_order AS bigint) AS stage_order,
    began_on,
    ended_on,
    people_in_need,
    people_targeted,
    people_direct,
    people_indirect,
    people_claimed,
    reported_by,
    captured_on,
    provenance
FROM told
WHERE take = 1 AND reported_by = heard
ORDER BY
    activity_key, partner_id, place1, place2, place3, activity_type, people_direct, people_indirect, people_targeted, people_in_need,
    people_claimed, began_on, ended_on, stage_order, mission, activity, role, organisation, organisation_type, sector
