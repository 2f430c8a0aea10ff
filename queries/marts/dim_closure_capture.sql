-- title: Captures of UNESCO's closure record
-- grain: one row per capture
-- column captured_on DATE: day on which the publisher's file stood so
-- column provenance VARCHAR: published or demo
-- column first_date DATE: first day of the record
-- column last_date DATE: last day of the record, later than the capture where plans were recorded
-- column last_observed_date DATE: last day that is not a plan
-- column is_sparse BOOLEAN: a country is listed only from its first closure
SELECT
    captured_on,
    min(provenance) AS provenance,
    min(on_date) AS first_date,
    greatest(max(on_date), captured_on) AS last_date,
    captured_on AS last_observed_date,
    -- UNESCO listed a country only from its first closure until October 2020, and every country every day since.
    captured_on < cast('2020-10-01' AS date) AS is_sparse
FROM stg_unesco_closures__statuses
GROUP BY captured_on
ORDER BY captured_on
