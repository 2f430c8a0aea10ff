-- title: Activities: who leads, what, where, when, for whom, with people counted once; rows of tables of needs are none
-- grain: one row per activity in a country for an audience; of education and of other sectors apart
-- column activity_key VARCHAR: tells the rows apart
-- column activity_id VARCHAR: the same for all organisations of one activity
-- column country_iso3 VARCHAR: where: the country
-- column country VARCHAR: UN short name
-- column region VARCHAR: M49 region
-- column sub_region VARCHAR: M49 sub-region, or intermediate region where there is one
-- column audience VARCHAR: for whom: learners, teachers, parents or institutions
-- column is_education BOOLEAN: the sector is education; the others are kept apart
-- column sector VARCHAR: sector or cluster, or not stated
-- column activity VARCHAR: what, in a few words
-- column activity_type VARCHAR: its kind, as in offers, or not stated
-- column mission VARCHAR: connectivity, teachers, gender, skills, learning or not stated
-- column stage VARCHAR: offered, confirmed, delivering, delivered or not stated
-- column is_counted BOOLEAN: of education, and not merely offered
-- column lead_id VARCHAR: the organisation that leads, NULL where none is named
-- column lead VARCHAR: its name as shown
-- column organisations BIGINT: the lead and all that support it; 0 where none is named
-- column supporters BIGINT: those that support it
-- column began_on DATE: first day, NULL where not stated
-- column ended_on DATE: last day, NULL while it goes on or where not stated
-- column until_on DATE: last day on which it is said to be under way: its last day, which may be planned, or that of the list while it goes on; NULL without a first day
-- column people_in_need BIGINT: people in need there
-- column people_targeted BIGINT: people meant to be reached
-- column people_direct BIGINT: people of the audience reached directly, once for the activity
-- column people_indirect BIGINT: people reached indirectly; never added to the others
-- column learners_direct BIGINT: people_direct where the audience is learners and the activity counts, else NULL
-- column learners_indirect BIGINT: people_indirect where the audience is learners and the activity counts, else NULL
-- column teachers_direct BIGINT: people_direct where the audience is teachers and the activity counts, else NULL
-- column told_on DATE: day of the newest list that names it
-- column provenance VARCHAR: published, reported or demo
WITH once AS (
    -- The lead's words stand; where it says nothing, the most that a supporter says.
    SELECT
        t.activity_key,
        t.activity_id,
        t.country_iso3,
        t.audience,
        t.is_education,
        coalesce(min(CASE WHEN t.sector <> 'not stated' THEN t.sector END), 'not stated') AS sector,
        coalesce(max(CASE WHEN t.hearing = 1 THEN t.activity END), min(t.activity)) AS activity,
        coalesce(max(CASE WHEN t.hearing = 1 THEN t.activity_type END), min(t.activity_type), 'not stated') AS activity_type,
        coalesce(max(CASE WHEN t.hearing = 1 THEN t.mission END), min(t.mission), 'not stated') AS mission,
        coalesce(max(CASE WHEN t.hearing = 1 THEN t.stage_order END), max(t.stage_order), 0) AS stage_order,
        max(CASE WHEN t.hearing = 1 AND t.is_lead AND t.organisation <> 'not stated' THEN t.partner_id END) AS lead_id,
        max(CASE WHEN t.hearing = 1 AND t.is_lead AND t.organisation <> 'not stated' THEN t.organisation END) AS lead,
        count(CASE WHEN t.organisation <> 'not stated' THEN 1 END) AS organisations,
        coalesce(max(CASE WHEN t.hearing = 1 THEN t.began_on END), min(t.began_on)) AS began_on,
        CASE
            WHEN max(CASE WHEN t.hearing = 1 THEN t.began_on END) IS NULL THEN max(t.ended_on)
            ELSE max(CASE WHEN t.hearing = 1 THEN t.ended_on END)
        END AS ended_on,
        coalesce(max(CASE WHEN t.hearing = 1 THEN t.people_in_need END), max(t.people_in_need)) AS people_in_need,
        coalesce(max(CASE WHEN t.hearing = 1 THEN t.people_targeted END), max(t.people_targeted)) AS people_targeted,
        coalesce(max(CASE WHEN t.hearing = 1 THEN t.people_direct END), max(t.people_direct)) AS people_direct,
        coalesce(max(CASE WHEN t.hearing = 1 THEN t.people_indirect END), max(t.people_indirect)) AS people_indirect,
        max(t.captured_on) AS told_on,
        min(t.provenance) AS provenance
    FROM int_activity_organisation AS t
    WHERE t.is_activity
    GROUP BY t.activity_key, t.activity_id, t.country_iso3, t.audience, t.is_education
)

SELECT
    o.activity_key,
    o.activity_id,
    o.country_iso3,
    c.country,
    c.region,
    c.sub_region,
    o.audience,
    o.is_education,
    o.sector,
    o.activity,
    o.activity_type,
    o.mission,
    CASE o.stage_order
        WHEN 1 THEN 'offered'
        WHEN 2 THEN 'confirmed'
        WHEN 3 THEN 'delivering'
        WHEN 4 THEN 'delivered'
        ELSE 'not stated'
    END AS stage,
    o.is_education AND o.stage_order <> 1 AS is_counted,
    o.lead_id,
    o.lead,
    o.organisations,
    o.organisations - CASE WHEN o.lead_id IS NULL THEN 0 ELSE 1 END AS supporters,
    o.began_on,
    o.ended_on,
    CASE WHEN o.began_on IS NOT NULL THEN coalesce(o.ended_on, greatest(o.began_on, o.told_on)) END AS until_on,
    o.people_in_need,
    o.people_targeted,
    o.people_direct,
    o.people_indirect,
    CASE WHEN o.audience = 'learners' AND o.is_education AND o.stage_order <> 1 THEN o.people_direct END AS learners_direct,
    CASE WHEN o.audience = 'learners' AND o.is_education AND o.stage_order <> 1 THEN o.people_indirect END AS learners_indirect,
    CASE WHEN o.audience = 'teachers' AND o.is_education AND o.stage_order <> 1 THEN o.people_direct END AS teachers_direct,
    o.told_on,
    o.provenance
FROM once AS o
LEFT JOIN dim_country AS c ON o.country_iso3 = c.country_iso3
ORDER BY o.activity_key
