-- title: How many countries are closed on a day, and how many learners does that affect?
-- grain: one row
-- param $on_date DATE: the day asked about
-- param $as_captured_on DATE: the capture that was the latest on this day, or NULL for the latest of all
-- column on_date DATE: the day asked about
-- column captured_on DATE: capture of UNESCO's record that answers
-- column countries_closed BIGINT: closed country-wide, NULL where the capture says nothing of the day
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
WITH asked AS (
    SELECT max(captured_on) AS captured_on
    FROM dim_closure_capture
    WHERE $as_captured_on IS NULL OR captured_on <= $as_captured_on
),

enrolment AS (
    SELECT
        sum(learners)::bigint AS learners_total,
        strftime(max(vintage), '%b %Y') AS enrolment_vintage
    FROM fct_enrolment_level
),

day AS (
    SELECT
        countries_closed(s.status) AS countries_closed,
        CASE WHEN count(s.status) > 0 THEN count(*) FILTER (WHERE s.status = 'partial') END AS countries_partial,
        CASE WHEN count(s.status) > 0 THEN count(*) FILTER (WHERE s.status = 'on_break') END AS countries_on_break,
        CASE WHEN count(s.status) > 0 THEN count(*) FILTER (WHERE s.status = 'open') END AS countries_open,
        learners_affected(s.status, s.learners) AS learners_affected,
        CASE WHEN count(s.status) > 0 THEN count(*) FILTER (WHERE s.learners IS NULL) END AS countries_without_enrolment
    FROM fct_school_status AS s
    INNER JOIN asked ON s.captured_on = asked.captured_on
    WHERE s.on_date = $on_date AND NOT s.is_territory
)

SELECT
    $on_date::date AS on_date,
    asked.captured_on,
    day.countries_closed,
    day.countries_partial,
    day.countries_on_break,
    day.countries_open,
    day.learners_affected,
    enrolment.learners_total,
    share_affected(day.learners_affected, enrolment.learners_total) AS share_affected,
    enrolment.enrolment_vintage,
    day.countries_without_enrolment
FROM asked
CROSS JOIN enrolment
CROSS JOIN day
ORDER BY on_date
