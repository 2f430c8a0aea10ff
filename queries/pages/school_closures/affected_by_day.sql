-- title: How did the number of affected learners move from day to day?
-- grain: one row per day of the record
-- param $as_captured_on
-- param $partial_weight
-- column on_date DATE: day
-- column is_planned BOOLEAN: the day is later than the capture
-- column countries_closed BIGINT: closed country-wide
-- column closed BIGINT: learners of the countries closed country-wide
-- column weighted BIGINT: plus partial_weight times those of partially open countries
-- column disrupted BIGINT: learners of the countries closed or partially open
-- metric: learners_affected
-- metric: learners_affected_weighted
-- metric: learners_disrupted
-- caveat: The past was revised between captures: the same day asked of another capture may give another figure.
WITH answering_capture AS (
    SELECT * FROM fragment.closure_capture
)

SELECT
    d.on_date,
    d.is_planned,
    countries_closed(d.countries_closed) AS countries_closed,
    learners_affected(d.learners_closed) AS closed,
    learners_affected_weighted(d.learners_closed, d.learners_partial, coalesce($partial_weight, 0.5)) AS weighted,
    learners_disrupted(d.learners_closed, d.learners_partial) AS disrupted
FROM fct_school_day AS d
INNER JOIN answering_capture ON d.captured_on = answering_capture.captured_on AND d.on_date = answering_capture.on_date
ORDER BY d.on_date
