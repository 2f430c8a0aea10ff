-- title: Agreements of the programme and partner chosen; all are for programmes that serve refugees
-- row: a.programme_id, a.partner_id
-- param $programme_id
-- param $partner_id
SELECT *
FROM given AS a
WHERE
    (coalesce($programme_id, 'for_refugees') = 'for_refugees' OR a.programme_id = $programme_id)
    AND ($partner_id IS NULL OR a.partner_id = $partner_id)
