-- title: Gaps on the days chosen, but none after the latest capture
-- row: g.on_date, g.captured_on
-- param $from_date
-- param $to_date
SELECT *
FROM given AS g
WHERE
    g.on_date BETWEEN $from_date AND least($to_date, g.captured_on)
