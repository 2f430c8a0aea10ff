-- title: Which capture answers for a day, and which of its own days that answer comes from
-- grain: one row per capture that may be asked for, and day; of those without asked_from one row per day
-- column asked_from DATE: first day of asking for which this row answers: the capture itself; NULL where no capture is asked for
-- column asked_before DATE: first day of asking that a later capture answers, NULL for the latest
-- column on_date DATE: day
-- column captured_on DATE: capture that answers
-- column listed_on DATE: day of its rows that the statuses hold from; rows are not days
-- column is_planned BOOLEAN: the day is later than the capture
WITH listed AS (
    SELECT
        captured_on,
        on_date AS listed_on,
        lead(on_date) OVER (PARTITION BY captured_on ORDER BY on_date) AS next_listed_on
    FROM stg_unesco_closures__statuses
    GROUP BY captured_on, on_date
),

capture AS (
    SELECT
        captured_on,
        lead(captured_on) OVER (ORDER BY captured_on) AS next_captured_on
    FROM dim_closure_capture
),

answer AS (
    SELECT
        d.captured_on,
        c.next_captured_on,
        d.on_date,
        d.is_planned,
        l.listed_on,
        -- Where no capture is asked for, the one that has the most rows around a day answers, of these the latest: one
        -- of November 2021 lists a day a month of 2020, and would carry what it lists for March over all of April.
        row_number() OVER (
            PARTITION BY d.on_date
            ORDER BY
                d.is_planned,
                coalesce(date_diff('day', cast(l.listed_on AS date), cast(l.next_listed_on AS date)), 1),
                d.captured_on DESC
        ) AS preference
    FROM fct_school_day AS d
    INNER JOIN capture AS c ON d.captured_on = c.captured_on
    INNER JOIN listed AS l
        ON d.captured_on = l.captured_on AND d.on_date >= l.listed_on AND d.on_date < coalesce(l.next_listed_on, d.on_date + 1)
),

asked AS (
    SELECT
        captured_on AS asked_from,
        next_captured_on AS asked_before,
        on_date,
        captured_on,
        listed_on,
        is_planned
    FROM answer
    UNION ALL
    SELECT
        cast(NULL AS date) AS asked_from,
        cast(NULL AS date) AS asked_before,
        on_date,
        captured_on,
        listed_on,
        is_planned
    FROM answer
    WHERE preference = 1
)

SELECT
    asked_from,
    asked_before,
    on_date,
    captured_on,
    listed_on,
    is_planned
FROM asked
ORDER BY asked_from, on_date
