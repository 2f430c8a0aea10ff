-- title: How many countries does each capture that lists a day give for it?
-- grain: one row per capture with rows of that very day, plans left out
-- param $on_date
-- column captured_on DATE: capture of UNESCO's record
-- column countries_closed BIGINT: closed country-wide
-- metric: countries_closed
-- caveat: A capture that lists one day a week or a month has no data for the days between.
SELECT
    r.captured_on,
    countries_closed(d.countries_closed) AS countries_closed
FROM fct_school_record AS r
INNER JOIN fct_school_day AS d ON r.captured_on = d.captured_on AND r.on_date = d.on_date
WHERE r.on_date = $on_date AND r.listed_on = r.on_date AND r.asked_from IS NOT NULL AND NOT r.is_planned
ORDER BY r.captured_on
