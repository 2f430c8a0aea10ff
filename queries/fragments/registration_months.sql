-- title: Rows of the months of registration chosen, or the row of all months
-- row: a.month
-- param $from_month
-- param $to_month
SELECT *
FROM given AS a
WHERE
    (a.month IS NULL) = ($from_month IS NULL AND $to_month IS NULL)
    AND ($from_month IS NULL OR a.month >= date_trunc('month', cast($from_month AS date)))
    AND ($to_month IS NULL OR a.month <= $to_month)
