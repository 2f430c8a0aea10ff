-- title: Rows of learners of all partners together in the programme chosen, or in all
-- row: a.programme_id, a.partner_id
-- param $programme_id
SELECT *
FROM given AS a
WHERE
    a.programme_id = coalesce($programme_id, 'all')
    AND a.partner_id = all_partners()
