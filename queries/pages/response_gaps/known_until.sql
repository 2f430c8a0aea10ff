-- title: Until which day are both school closures and offers known?
-- grain: one row
-- column closures_until DATE: last observed day of UNESCO's record, NULL without one
-- column offers_until DATE: day of the newest list of offers, needs or matches, NULL without one
-- column both_until DATE: the earlier of the two
SELECT
    max(c.captured_on) AS closures_until,
    max(m.as_of_on) AS offers_until,
    least(max(c.captured_on), max(m.as_of_on)) AS both_until
FROM dim_matching_day AS m
CROSS JOIN dim_closure_capture AS c
ORDER BY both_until
