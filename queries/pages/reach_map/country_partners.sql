-- title: Which partners reach learners in one country, in which programmes?
-- grain: one row per programme and partner, largest first
-- param $country_iso3 VARCHAR: ISO 3166 alpha-3
-- column programme VARCHAR: its name
-- column partner VARCHAR: its name, or its id where the reference does not have it
-- column learners BIGINT: distinct learners reached who live there
-- column learners_completed BIGINT: of them, completed at least one course
-- column first_on DATE: first learning event there
SELECT
    s.programme,
    s.partner,
    c.learners,
    c.learners_completed,
    c.first_on
FROM cube_country AS c
INNER JOIN dim_stream AS s ON c.programme_id = s.programme_id AND c.partner_id = s.partner_id
WHERE c.country_iso3 = $country_iso3 AND c.counted_by = 'host' AND c.learners > 0 AND s.audience <> 'rehearsal' AND c.partner_id <> 'all'
ORDER BY c.learners DESC, s.programme, s.partner
