-- title: Which figures of affected learners were published at the time?
-- grain: one row per published statement that names a day
-- column on_date DATE: day of the statement
-- column publisher VARCHAR: who stated it
-- column learners_affected BIGINT: the figure
-- column share_affected DOUBLE: share stated beside it, NULL where none was
-- column countries_closed BIGINT: countries stated beside it, NULL where none were
-- column learners_total_implied BIGINT: learners_affected / share_affected, the enrolment behind it, to 10 million
-- column as_stated VARCHAR: the figures in the statement's own notation
-- column source VARCHAR: where it was read
-- caveat: Published on the enrolment data of an earlier year, so the points differ from the computed line.
SELECT
    on_date,
    publisher,
    value AS learners_affected,
    share AS share_affected,
    countries_closed,
    (round(value / nullif(share, 0) / 1e7) * 1e7)::bigint AS learners_total_implied,
    as_stated,
    source
FROM fct_published_figure
WHERE metric = 'learners_affected' AND on_date IS NOT NULL
ORDER BY on_date
