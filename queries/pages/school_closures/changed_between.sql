-- title: In which countries did the status change between two days?
-- grain: one row per country whose status differs
-- param $on_date DATE: the later or first day
-- param $other_date
-- param $as_captured_on
-- column country_iso3 VARCHAR: ISO 3166 alpha-3
-- column country VARCHAR: UN short name
-- column status_on_other_date VARCHAR: status on other_date
-- column status_on_date VARCHAR: status on on_date
-- column learners BIGINT: learners enrolled in the country, NULL where not available
-- caveat: The past was revised between captures: the same day asked of another capture may give another figure.
WITH answering_capture AS (
    SELECT * FROM fragment.closure_capture
),

day AS (
    SELECT
        s.country_iso3,
        max(s.status) FILTER (WHERE s.on_date = $other_date) AS status_on_other_date,
        max(s.status) FILTER (WHERE s.on_date = $on_date) AS status_on_date,
        max(s.learners) AS learners
    FROM fct_school_status AS s
    INNER JOIN answering_capture ON s.captured_on = answering_capture.captured_on AND s.on_date = answering_capture.on_date
    WHERE (s.on_date = $on_date OR s.on_date = $other_date) AND NOT s.is_territory
    GROUP BY s.country_iso3
)

SELECT
    day.country_iso3,
    c.country,
    day.status_on_other_date,
    day.status_on_date,
    day.learners
FROM day
INNER JOIN dim_country AS c ON day.country_iso3 = c.country_iso3
WHERE day.status_on_date IS DISTINCT FROM day.status_on_other_date
ORDER BY day.learners DESC NULLS LAST, day.country_iso3
