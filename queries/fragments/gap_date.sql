-- title: Gaps on the day chosen, or on that of the latest capture
-- row: g.on_date, g.captured_on
-- param $on_date
SELECT *
FROM given AS g
WHERE
    g.on_date = coalesce($on_date, g.captured_on)
