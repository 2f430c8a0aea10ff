-- title: Files that each stream stands on
-- grain: one row per stream, source and day of capture
-- column stream VARCHAR: partner/programme, or a source that is not reported in streams
-- column source VARCHAR: source of the file
-- column captured_on DATE: day on which it stood so
-- column told_until DATE: until when it tells of what happened, NULL where it only weighs it
-- column rows_told BIGINT: rows of the stream in it
WITH told AS (
    SELECT
        concat(partner_id, '/', programme_id) AS stream,
        'coursera_usage' AS source,
        captured_on
    FROM stg_coursera_usage__enrolments
    WHERE is_newest
    UNION ALL
    SELECT
        concat(partner_id, '/', programme_id) AS stream,
        'coursera_membership' AS source,
        captured_on
    FROM stg_coursera_membership__members
    WHERE is_newest
    UNION ALL
    SELECT
        concat(partner_id, '/', programme_id) AS stream,
        'coursera_specializations' AS source,
        captured_on
    FROM stg_coursera_specializations__awards
    WHERE is_newest
    UNION ALL
    SELECT
        concat(partner_id, '/', programme_id) AS stream,
        'partner_learners' AS source,
        captured_on
    FROM stg_partner_learners__register
    WHERE is_newest
    UNION ALL
    SELECT
        concat(partner_id, '/', programme_id) AS stream,
        'recognitions' AS source,
        captured_on
    FROM stg_recognitions__requests
    WHERE is_newest
    UNION ALL
    SELECT
        'open_university/oulad' AS stream,
        'oulad' AS source,
        captured_on
    FROM stg_oulad__registrations
    WHERE is_newest
    UNION ALL
    SELECT
        'unesco_closures' AS stream,
        'unesco_closures' AS source,
        captured_on
    FROM stg_unesco_closures__statuses
    UNION ALL
    SELECT
        'unesco_closures' AS stream,
        'uis_enrolment' AS source,
        captured_on
    FROM stg_uis_enrolment__learners
    UNION ALL
    SELECT
        'hubs' AS stream,
        'hubs' AS source,
        captured_on
    FROM stg_hubs__register
    UNION ALL
    SELECT
        'contributions_5w' AS stream,
        'contributions_5w' AS source,
        captured_on
    FROM stg_contributions_5w__activities
    WHERE is_newest
    UNION ALL
    SELECT
        'offers' AS stream,
        'offers' AS source,
        captured_on
    FROM stg_offers__offers
    WHERE is_newest
    UNION ALL
    SELECT
        'offers' AS stream,
        'partners' AS source,
        captured_on
    FROM stg_partners__register
    WHERE is_newest
    UNION ALL
    SELECT
        'offers' AS stream,
        'needs' AS source,
        captured_on
    FROM stg_needs__needs
    UNION ALL
    SELECT
        'offers' AS stream,
        'matches' AS source,
        captured_on
    FROM stg_matches__matches
)

SELECT
    stream,
    source,
    captured_on,
    CASE WHEN source NOT IN ('uis_enrolment', 'partners', 'needs', 'matches') THEN captured_on END AS told_until,
    count(*) AS rows_told
FROM told
GROUP BY stream, source, captured_on
ORDER BY stream, source, captured_on
