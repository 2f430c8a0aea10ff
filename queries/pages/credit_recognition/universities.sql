-- title: Which universities signed agreements, and what do they recognise?
-- grain: one row per university that signed or was asked
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all
-- param $partner_id
-- column university VARCHAR: its name
-- column country VARCHAR: UN short name of its country
-- column agreed_on DATE: day of the agreement, NULL without one
-- column requested BIGINT: requests
-- column recognised BIGINT: of them, recognised
-- column refused BIGINT: of them, refused
-- column pending BIGINT: not decided yet
-- column ects_awarded DOUBLE: credits awarded, ECTS
WITH signed AS (
    SELECT
        university,
        country_iso3,
        min(agreed_on) AS agreed_on
    FROM dim_agreement
    WHERE fragment.agreement_filters()
    GROUP BY university, country_iso3
),

asked AS (
    SELECT
        breakdown_value AS university,
        country_iso3,
        requested,
        recognised,
        refused,
        pending,
        ects_awarded
    FROM cube_recognition
    WHERE
        breakdown = 'university'
        AND fragment.learner_cell()
)

SELECT
    coalesce(s.university, a.university) AS university,
    coalesce(c.country, 'Unknown') AS country,
    s.agreed_on,
    known(a.requested) AS requested,
    known(a.recognised) AS recognised,
    known(a.refused) AS refused,
    known(a.pending) AS pending,
    a.ects_awarded
FROM signed AS s
FULL OUTER JOIN asked AS a ON s.university = a.university AND s.country_iso3 = a.country_iso3
LEFT JOIN dim_country AS c ON coalesce(s.country_iso3, a.country_iso3) = c.country_iso3
ORDER BY requested DESC, university
