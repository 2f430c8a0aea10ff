-- title: Captures of UNESCO's closure record
-- grain: one row per capture
-- column captured_on DATE: day on which the publisher's file stood so, and the last that is not a plan
-- column provenance VARCHAR: published or demo
-- column first_date DATE: first day of the record
-- column last_date DATE: last day of the record, later than the capture where plans were recorded
-- column is_sparse BOOLEAN: a country is listed only from its first closure
-- column vintage DATE: capture of the enrolment that weighs the closures, the latest there is
-- column learners_total BIGINT: learners enrolled in the world, of that vintage
WITH enrolment AS (
    SELECT
        max(vintage) AS latest_vintage,
        cast(sum(learners) AS bigint) AS enrolled
    FROM fct_enrolment_level
)

SELECT
    s.captured_on,
    min(s.provenance) AS provenance,
    min(s.on_date) AS first_date,
    greatest(max(s.on_date), s.captured_on) AS last_date,
    -- UNESCO listed a country only from its first closure until October 2020, and every country every day since.
    s.captured_on < cast('2020-10-01' AS date) AS is_sparse,
    max(e.latest_vintage) AS vintage,
    max(e.enrolled) AS learners_total
FROM stg_unesco_closures__statuses AS s
CROSS JOIN enrolment AS e
GROUP BY s.captured_on
ORDER BY s.captured_on
