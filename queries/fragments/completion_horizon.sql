-- title: Rows of the number of days chosen within which a completion counts, or of 180
-- row: a.horizon_days
-- param $horizon_days
SELECT *
FROM given AS a
WHERE
    a.horizon_days = coalesce($horizon_days, 180)
