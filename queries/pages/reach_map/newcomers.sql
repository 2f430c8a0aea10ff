-- title: Which countries were first reached since a day?
-- grain: one row per country, newest first
-- param $by
-- param $from_date DATE: first day of the time asked about
-- param $programme_id
-- param $partner_id
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
-- column first_on DATE: first learning event there
-- column learners BIGINT: distinct learners reached there by now
SELECT
    l.country_iso3,
    c.country,
    l.first_on,
    l.learners
FROM cube_country AS l
INNER JOIN dim_country AS c ON l.country_iso3 = c.country_iso3
WHERE
    fragment.learner_cell(l)
    AND l.counted_by = $by
    AND l.first_on >= $from_date
ORDER BY l.first_on DESC, l.country_iso3
