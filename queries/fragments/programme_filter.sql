-- title: Rows of the programme chosen, of all for refugees, or of all but rehearsals; an unknown programme is no rehearsal
-- row: s.programme_id, p.in_total, p.audience
-- param $programme_id
SELECT *
FROM given AS s
CROSS JOIN given AS p
WHERE
    (
        s.programme_id = $programme_id
        OR ($programme_id IS NULL AND coalesce(p.in_total, TRUE))
        OR ($programme_id = 'for_refugees' AND p.audience = 'refugees')
    )
