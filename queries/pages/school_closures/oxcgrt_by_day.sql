-- title: How many countries required school closing by the Oxford tracker's scale?
-- grain: one row per day
-- column on_date DATE: day
-- column countries_required_all BIGINT: C1 = 3, closing required at all levels
-- column countries_required_some BIGINT: C1 = 2, closing required at some levels
-- column countries_recommended BIGINT: C1 = 1, closing recommended
-- column countries_no_measure BIGINT: C1 = 0
-- caveat: The tracker knows no academic break and counts the strictest rule in any part of a country, so it is shown beside UNESCO's record and never merged with it.
SELECT
    on_date,
    count(*) FILTER (WHERE c1 = 3) AS countries_required_all,
    count(*) FILTER (WHERE c1 = 2) AS countries_required_some,
    count(*) FILTER (WHERE c1 = 1) AS countries_recommended,
    count(*) FILTER (WHERE c1 = 0) AS countries_no_measure
FROM fct_oxcgrt_c1
GROUP BY on_date
ORDER BY on_date
