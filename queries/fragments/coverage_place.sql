-- title: Targets of each place and year, and the people reached there: where a row of the place has no date, of the place
-- param $stage
-- param $mission
-- param $audience
-- param $region
-- param $member_type
-- param $from_month
-- param $to_month
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: where
-- column activity_type VARCHAR: kind of activity
-- column audience VARCHAR: for whom
-- column period BIGINT: the year, NULL where a row of the place has no date
-- column people_targeted BIGINT: people meant to be reached
-- column people_reached BIGINT: people reached directly, 0 where none are stated
WITH dated AS (
    SELECT
        a.*,
        CASE
            WHEN count(*) OVER place = count(a.began_on) OVER place THEN year(a.began_on)
        END AS period
    FROM fct_coverage_place AS a
    WHERE
        ($stage IS NULL OR a.stage = $stage)
        AND fragment.activity_filters(a)
        AND a.is_counted
    WINDOW place AS (PARTITION BY a.country_iso3, a.activity_type, a.audience, a.place1, a.place2, a.place3)
)

SELECT
    country_iso3,
    country,
    activity_type,
    audience,
    period,
    sum(people_targeted)::bigint AS people_targeted,
    coalesce(sum(people_direct), 0)::bigint AS people_reached
FROM dated
GROUP BY country_iso3, country, activity_type, audience, place1, place2, place3, period
HAVING count(people_targeted) > 0
