-- title: How many countries are closed on a day, and how many learners does that affect?
-- grain: one row
-- param $on_date
-- param $as_captured_on
-- column on_date DATE: the day asked about
-- column captured_on DATE: capture of UNESCO's record that answers
-- column countries_closed BIGINT: closed country-wide, NULL where the capture has no data for the day
-- column countries_partial BIGINT: partially open
-- column countries_on_break BIGINT: on academic break
-- column countries_open BIGINT: fully open, or not yet closed
-- column learners_affected BIGINT: all learners of the countries closed country-wide
-- column learners_total BIGINT: learners enrolled in the world, same vintage
-- column share_affected DOUBLE: learners_affected / learners_total, 0 to 1
-- column enrolment_vintage VARCHAR: month of the enrolment file
-- column countries_without_enrolment BIGINT: countries with a status on the day for which no enrolment is known
-- metric: countries_closed
-- metric: learners_affected
-- metric: share_affected
-- caveat: The past was revised between captures: the same day asked of another capture may give another figure.
WITH answering_capture AS (
    SELECT
        coalesce(max(r.captured_on) FILTER (WHERE r.on_date = $on_date), max(r.captured_on)) AS captured_on,
        max(k.learners_total) AS learners_total,
        max(k.vintage) AS vintage
    FROM fct_school_record AS r
    INNER JOIN dim_closure_capture AS k ON r.captured_on = k.captured_on
    WHERE capture_answers(r.asked_from, r.asked_before, $as_captured_on)
)

SELECT
    $on_date::date AS on_date,
    answering_capture.captured_on,
    countries_closed(d.countries_closed) AS countries_closed,
    d.countries_partial,
    d.countries_on_break,
    d.countries_open,
    learners_affected(d.learners_closed) AS learners_affected,
    answering_capture.learners_total,
    share_affected(learners_affected(d.learners_closed), answering_capture.learners_total) AS share_affected,
    strftime(answering_capture.vintage, '%b %Y') AS enrolment_vintage,
    d.countries_without_enrolment
FROM answering_capture
LEFT JOIN fct_school_day AS d ON answering_capture.captured_on = d.captured_on AND d.on_date = $on_date
ORDER BY on_date
