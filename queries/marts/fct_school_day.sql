-- title: School closures in the world, day by day
-- grain: one row per capture and day with a status
-- column captured_on DATE: capture of UNESCO's record
-- column on_date DATE: day
-- column is_planned BOOLEAN: the day is later than the capture
-- column countries_closed BIGINT: closed country-wide; territories are never counted
-- column countries_partial BIGINT: partially open
-- column countries_on_break BIGINT: on academic break
-- column countries_open BIGINT: fully open, or not yet closed
-- column countries_without_enrolment BIGINT: countries with a status for which no enrolment is known
-- column learners_closed BIGINT: learners of the countries closed country-wide
-- column learners_partial BIGINT: learners of the countries partially open
SELECT
    captured_on,
    on_date,
    is_planned,
    count(*) FILTER (WHERE status = 'closed') AS countries_closed,
    count(*) FILTER (WHERE status = 'partial') AS countries_partial,
    count(*) FILTER (WHERE status = 'on_break') AS countries_on_break,
    count(*) FILTER (WHERE status = 'open') AS countries_open,
    count(*) FILTER (WHERE learners IS NULL) AS countries_without_enrolment,
    cast(coalesce(sum(learners) FILTER (WHERE status = 'closed'), 0) AS bigint) AS learners_closed,
    cast(coalesce(sum(learners) FILTER (WHERE status = 'partial'), 0) AS bigint) AS learners_partial
FROM fct_school_status
WHERE NOT is_territory
GROUP BY captured_on, on_date, is_planned
ORDER BY captured_on, on_date
