-- title: What is known of one country's schools on a day?
-- grain: one row, or none where the capture has no data
-- param $country_iso3 VARCHAR: country, ISO 3166 alpha-3
-- param $on_date
-- param $as_captured_on
-- column country VARCHAR: UN short name
-- column status VARCHAR: closed, partial, on_break or open
-- column since DATE: first day of the unbroken run of that status
-- column learners BIGINT: learners enrolled in the country, NULL where not available
-- column weeks_closed BIGINT: weeks closed country-wide up to the day
-- column weeks_partial BIGINT: weeks partially open up to the day
-- column is_planned BOOLEAN: the day is later than the capture
-- metric: weeks_in_status
WITH answering_capture AS (
    SELECT * FROM fragment.closure_capture
),

past AS (
    SELECT
        s.on_date,
        s.status,
        s.learners,
        s.is_planned
    FROM fct_school_status AS s
    INNER JOIN answering_capture ON s.captured_on = answering_capture.captured_on AND s.on_date = answering_capture.on_date
    WHERE s.country_iso3 = $country_iso3 AND s.on_date <= $on_date
),

today AS (
    SELECT
        status,
        learners,
        is_planned
    FROM past
    WHERE on_date = $on_date
)

SELECT
    c.country,
    today.status,
    coalesce(
        (SELECT max(p.on_date) + 1 FROM past AS p WHERE p.status <> today.status),
        (SELECT min(p.on_date) FROM past AS p)
    ) AS since,
    today.learners,
    weeks_in_status((SELECT count(*) FROM past AS p WHERE p.status = 'closed' AND NOT p.is_planned)) AS weeks_closed,
    weeks_in_status((SELECT count(*) FROM past AS p WHERE p.status = 'partial' AND NOT p.is_planned)) AS weeks_partial,
    today.is_planned
FROM today
CROSS JOIN dim_country AS c
WHERE c.country_iso3 = $country_iso3
ORDER BY c.country
