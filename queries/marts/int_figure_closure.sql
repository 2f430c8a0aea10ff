-- title: Rows behind the learners affected by school closures on the newest day of the record
-- grain: one row per country with a status on that day
-- column country_iso3 VARCHAR: country
-- column value BIGINT: its learners while schools are closed country-wide, else 0
-- column happened_on DATE: first day of the unbroken run of the status
-- column reported_on DATE: capture of the record
WITH newest AS (
    SELECT max(c.captured_on) AS captured_on
    FROM dim_closure_capture AS c
)

SELECT
    d.country_iso3,
    CASE WHEN d.status = 'closed' THEN coalesce(d.learners, 0) ELSE 0 END AS value,
    -- A record may list a country every day, so the run goes back to the last day of another status.
    coalesce(max(h.on_date) FILTER (WHERE h.status <> d.status) + 1, min(h.on_date)) AS happened_on,
    d.captured_on AS reported_on
FROM fct_school_status AS d
INNER JOIN newest AS n ON d.captured_on = n.captured_on AND d.on_date = n.captured_on
INNER JOIN fct_school_status AS h
    ON d.captured_on = h.captured_on AND d.country_iso3 = h.country_iso3 AND h.on_date <= d.on_date
WHERE NOT d.is_territory
GROUP BY d.country_iso3, d.status, d.learners, d.captured_on
ORDER BY d.country_iso3
