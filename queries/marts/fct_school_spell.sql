-- title: Spells of one status, as captured
-- grain: one row per capture, country and unbroken run that one row of the record stands for
-- column captured_on DATE: capture of UNESCO's record
-- column country_iso3 VARCHAR: country
-- column from_date DATE: first day of the spell
-- column to_date DATE: last day of the spell
-- column status VARCHAR: closed, partial, on_break or open
WITH file_day AS (
    SELECT
        captured_on,
        on_date,
        lead(on_date) OVER (PARTITION BY captured_on ORDER BY on_date) AS next_file_date
    FROM stg_unesco_closures__statuses
    GROUP BY captured_on, on_date
),

listed AS (
    SELECT
        s.captured_on,
        s.country_iso3,
        s.on_date,
        s.status,
        -- A country whose rows end while the record goes on is unknown from the record's next day.
        -- Paraguay, last listed on 24 March 2020, is one of them.
        coalesce(
            lead(s.on_date) OVER (PARTITION BY s.captured_on, s.country_iso3 ORDER BY s.on_date),
            f.next_file_date,
            greatest(s.captured_on, s.on_date) + 1
        ) AS next_date,
        row_number() OVER (PARTITION BY s.captured_on, s.country_iso3 ORDER BY s.on_date) AS row_of_country
    FROM stg_unesco_closures__statuses AS s
    INNER JOIN file_day AS f ON s.captured_on = f.captured_on AND s.on_date = f.on_date
),

spell AS (
    -- A status holds from its row to the day before the next one, and only up to the capture.
    SELECT
        captured_on,
        country_iso3,
        on_date AS from_date,
        least(next_date - 1, greatest(captured_on, on_date)) AS to_date,
        status
    FROM listed
    UNION ALL
    -- In a sparse capture a country is open until its first row.
    SELECT
        c.captured_on,
        m.country_iso3,
        c.first_date AS from_date,
        coalesce(l.on_date - 1, c.captured_on) AS to_date,
        'open' AS status
    FROM dim_closure_capture AS c
    CROSS JOIN dim_country AS m
    LEFT JOIN listed AS l
        ON c.captured_on = l.captured_on AND m.country_iso3 = l.country_iso3 AND l.row_of_country = 1
    WHERE c.is_sparse AND m.unesco_monitored AND coalesce(l.on_date, c.captured_on + 1) > c.first_date
)

SELECT
    captured_on,
    country_iso3,
    from_date,
    to_date,
    status
FROM spell
ORDER BY captured_on, country_iso3, from_date
