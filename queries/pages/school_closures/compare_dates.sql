-- title: How do two days compare, for the countries by status?
-- grain: one row per status
-- param $on_date DATE: the first day
-- param $other_date
-- param $as_captured_on
-- column status VARCHAR: closed, partial, on_break or open
-- column countries_on_other_date BIGINT: countries with the status on other_date
-- column countries_on_date BIGINT: countries with the status on on_date
-- column learners_on_other_date BIGINT: learners enrolled in them
-- column learners_on_date BIGINT: learners enrolled in them
-- caveat: The past was revised between captures: the same day asked of another capture may give another figure.
WITH answering_capture AS (
    SELECT * FROM fragment.closure_capture
),

listed AS (
    SELECT
        s.on_date,
        s.status,
        count(*) AS countries,
        coalesce(sum(s.learners), 0) AS learners
    FROM fct_school_status AS s
    INNER JOIN answering_capture ON s.captured_on = answering_capture.captured_on AND s.on_date = answering_capture.on_date
    WHERE s.on_date IN ($on_date, $other_date) AND NOT s.is_territory
    GROUP BY s.on_date, s.status
)

SELECT
    v.status,
    coalesce(sum(listed.countries) FILTER (WHERE listed.on_date = $other_date), 0)::bigint AS countries_on_other_date,
    coalesce(sum(listed.countries) FILTER (WHERE listed.on_date = $on_date), 0)::bigint AS countries_on_date,
    coalesce(sum(listed.learners) FILTER (WHERE listed.on_date = $other_date), 0)::bigint AS learners_on_other_date,
    coalesce(sum(listed.learners) FILTER (WHERE listed.on_date = $on_date), 0)::bigint AS learners_on_date
FROM (VALUES ('closed', 1), ('partial', 2), ('on_break', 3), ('open', 4)) AS v (status, status_order)
LEFT JOIN listed ON v.status = listed.status
GROUP BY v.status, v.status_order
ORDER BY v.status_order
