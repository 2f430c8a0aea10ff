-- title: Rows of learners of one partner in the programme chosen, or in all
-- row: a.programme_id, a.partner_id
-- param $programme_id
-- param $partner_id
SELECT *
FROM given AS a
WHERE
    a.programme_id = coalesce($programme_id, 'all')
    AND a.partner_id = $partner_id
