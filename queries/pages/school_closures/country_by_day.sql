-- title: Which statuses did one country's schools have, one after the other?
-- grain: one row per unbroken run of a status, in order
-- param $country_iso3 VARCHAR: country, ISO 3166 alpha-3
-- param $as_captured_on DATE: the capture that was the latest on this day, or NULL for the one with most rows around each day
-- column status VARCHAR: closed, partial, on_break or open
-- column from_date DATE: first day of the run
-- column until_date DATE: last day of the run
-- column days BIGINT: days of the run
-- column is_planned BOOLEAN: its days are later than the capture
-- caveat: The past was revised between captures: the same day asked of another capture may give another status.
WITH answering_capture AS (
    SELECT * FROM fragment.closure_capture
),

marked AS (
    SELECT
        s.on_date,
        s.status,
        s.is_planned,
        coalesce(
            s.status <> lag(s.status) OVER days OR s.is_planned <> lag(s.is_planned) OVER days, TRUE
        ) AS is_first
    FROM fct_school_status AS s
    INNER JOIN answering_capture ON s.captured_on = answering_capture.captured_on AND s.on_date = answering_capture.on_date
    WHERE s.country_iso3 = $country_iso3
    WINDOW days AS (ORDER BY s.on_date)
),

numbered AS (
    SELECT
        on_date,
        status,
        is_planned,
        count(*) FILTER (WHERE is_first) OVER (ORDER BY on_date ROWS UNBOUNDED PRECEDING) AS run
    FROM marked
)

SELECT
    status,
    min(on_date) AS from_date,
    max(on_date) AS until_date,
    count(*) AS days,
    is_planned
FROM numbered
GROUP BY run, status, is_planned
ORDER BY from_date
