-- title: People targeted and reached, place by place, of activities and of tables of needs
-- grain: one row per activity, or row of a table of needs, and finest place that the list names, where a target is stated for the place, by it or by another
-- column activity_key VARCHAR: the activity
-- column activity_id VARCHAR: the same for all organisations of one activity
-- column is_activity BOOLEAN: a row of a table of needs is none
-- column country_iso3 VARCHAR: where: the country
-- column country VARCHAR: UN short name
-- column region VARCHAR: M49 region
-- column sub_region VARCHAR: M49 sub-region, or intermediate region where there is one
-- column place1 VARCHAR: code or name of the place, first level; empty where none is stated
-- column place2 VARCHAR: second level
-- column place3 VARCHAR: third level
-- column audience VARCHAR: for whom: learners, teachers, parents, institutions or not stated
-- column is_education BOOLEAN: the sector is education
-- column activity_type VARCHAR: its kind, as in offers, or not stated; not stated too where the target that it is held against is of no kind
-- column mission VARCHAR: connectivity, teachers, gender, skills, learning or not stated
-- column stage VARCHAR: offered, confirmed, delivering, delivered or not stated
-- column is_counted BOOLEAN: of education, and not merely offered
-- column began_on DATE: first day, NULL where not stated
-- column until_on DATE: last day on which it is said to be under way, NULL without a first day
-- column people_targeted BIGINT: people meant to be reached in the place, NULL where others state them
-- column people_direct BIGINT: people reached directly in the place
-- column provenance VARCHAR: published, reported or demo
WITH heard AS (
    -- Whose number of an activity stands: the lead's; where it states none, the largest.
    SELECT
        activity_key,
        partner_id,
        row_number() OVER (
            PARTITION BY activity_key
            ORDER BY CASE WHEN hearing = 1 AND people_targeted IS NOT NULL THEN 0 ELSE 1 END, people_targeted DESC, hearing
        ) AS target_turn,
        row_number() OVER (
            PARTITION BY activity_key
            ORDER BY CASE WHEN hearing = 1 AND people_direct IS NOT NULL THEN 0 ELSE 1 END, people_direct DESC, hearing
        ) AS direct_turn
    FROM int_activity_organisation
),

place AS (
    SELECT
        r.activity_key,
        r.activity_id,
        r.is_activity,
        r.country_iso3,
        r.audience,
        r.is_education,
        r.place1,
        r.place2,
        r.place3,
        max(CASE WHEN r.place3 <> '' THEN 3 WHEN r.place2 <> '' THEN 2 WHEN r.place1 <> '' THEN 1 ELSE 0 END) AS level,
        min(r.reported_by) AS reported_by,
        bool_or(r.organisation <> 'not stated') AS is_named,
        sum(CASE WHEN h.target_turn = 1 THEN r.people_targeted END) AS people_targeted,
        sum(CASE WHEN h.direct_turn = 1 THEN r.people_direct END) AS people_direct,
        min(r.provenance) AS provenance
    FROM int_activity_row AS r
    INNER JOIN heard AS h ON r.activity_key = h.activity_key AND r.partner_id = h.partner_id
    GROUP BY r.activity_key, r.activity_id, r.is_activity, r.country_iso3, r.audience, r.is_education, r.place1, r.place2, r.place3
),

levelled AS (
    SELECT
        activity_key,
        activity_id,
        is_activity,
        country_iso3,
        audience,
        is_education,
        place1,
        place2,
        place3,
        people_targeted,
        people_direct,
        provenance,
        reported_by,
        is_named,
        level,
        CASE WHEN people_targeted IS NOT NULL THEN level END AS aim_level
    FROM place
),

finest AS (
    -- A row that names no organisation, of a place of which the list names parts, is their total.
    SELECT
        activity_key,
        activity_id,
        is_activity,
        country_iso3,
        audience,
        is_education,
        place1,
        place2,
        place3,
        people_targeted,
        people_direct,
        provenance,
        is_named,
        level,
        max(aim_level) OVER (PARTITION BY reported_by, country_iso3, audience, is_education, is_named) AS within_country,
        max(aim_level) OVER (PARTITION BY reported_by, country_iso3, audience, is_education, is_named, place1) AS within_place1,
        max(aim_level) OVER (PARTITION BY reported_by, country_iso3, audience, is_education, is_named, place1, place2) AS within_place2
    FROM levelled
),

kept AS (
    SELECT
        f.activity_key,
        f.activity_id,
        f.is_activity,
        f.country_iso3,
        f.place1,
        f.place2,
        f.place3,
        f.audience,
        f.is_education,
        coalesce(a.activity_type, 'not stated') AS activity_type,
        coalesce(a.mission, 'not stated') AS mission,
        coalesce(a.stage, 'not stated') AS stage,
        coalesce(a.is_counted, f.is_education) AS is_counted,
        a.began_on,
        a.until_on,
        f.people_targeted,
        f.people_direct,
        f.provenance
    FROM finest AS f
    LEFT JOIN fct_activity_5w AS a ON f.activity_key = a.activity_key
    WHERE
        f.is_named
        OR NOT (
            (f.level = 0 AND coalesce(f.within_country, 0) > 0)
            OR (f.level = 1 AND coalesce(f.within_place1, 0) > 1)
            OR (f.level = 2 AND coalesce(f.within_place2, 0) > 2)
        )
),

aimed AS (
    -- Whether a target of the same kind, or of no kind, is stated for the place, by whomever.
    SELECT
        activity_key,
        activity_id,
        is_activity,
        country_iso3,
        place1,
        place2,
        place3,
        audience,
        is_education,
        activity_type,
        mission,
        stage,
        is_counted,
        began_on,
        until_on,
        people_targeted,
        people_direct,
        provenance,
        count(people_targeted) OVER (PARTITION BY country_iso3, audience, is_education, place1, place2, place3, activity_type) AS targets_of_kind,
        count(CASE WHEN activity_type = 'not stated' THEN people_targeted END)
            OVER (PARTITION BY country_iso3, audience, is_education, place1, place2, place3) AS targets_of_none
    FROM kept
)

SELECT
    t.activity_key,
    t.activity_id,
    t.is_activity,
    t.country_iso3,
    c.country,
    c.region,
    c.sub_region,
    t.place1,
    t.place2,
    t.place3,
    t.audience,
    t.is_education,
    CASE WHEN t.targets_of_kind > 0 THEN t.activity_type ELSE 'not stated' END AS activity_type,
    t.mission,
    t.stage,
    t.is_counted,
    t.began_on,
    t.until_on,
    cast(t.people_targeted AS bigint) AS people_targeted,
    cast(t.people_direct AS bigint) AS people_direct,
    t.provenance
FROM aimed AS t
LEFT JOIN dim_country AS c ON t.country_iso3 = c.country_iso3
WHERE t.people_targeted IS NOT NULL OR (t.people_direct IS NOT NULL AND t.targets_of_kind + t.targets_of_none > 0)
ORDER BY t.activity_key, t.place1, t.place2, t.place3
