-- title: In which countries are the universities with agreements?
-- grain: one row per country with an agreement, most first
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all
-- param $partner_id
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
-- column universities BIGINT: universities with an agreement
-- column requested BIGINT: requests to universities there
-- column recognised BIGINT: of them, recognised
-- column ects_awarded DOUBLE: credits awarded, ECTS
-- column latitude DOUBLE: of a point within
-- column longitude DOUBLE: of a point within
WITH signed AS (
    SELECT
        country_iso3,
        count(DISTINCT university) AS universities
    FROM dim_agreement
    WHERE fragment.agreement_filters()
    GROUP BY country_iso3
)

SELECT
    s.country_iso3,
    c.country,
    s.universities,
    known(r.requested) AS requested,
    known(r.recognised) AS recognised,
    r.ects_awarded,
    c.latitude,
    c.longitude
FROM signed AS s
INNER JOIN dim_country AS c ON s.country_iso3 = c.country_iso3
LEFT JOIN cube_recognition AS r
    ON
        s.country_iso3 = r.country_iso3
        AND r.breakdown = 'country'
        AND fragment.learner_cell(r)
ORDER BY s.universities DESC, s.country_iso3
