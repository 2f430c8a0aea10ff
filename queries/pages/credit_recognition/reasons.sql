-- title: Why do universities refuse?
-- grain: one row per reason, most frequent first
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all
-- param $partner_id
-- column reason VARCHAR: content, level, documents, deadline, no place or other
-- column refused BIGINT: requests refused for it
-- column share_of_refused DOUBLE: of all refused, 0 to 1
SELECT
    r.breakdown_value AS reason,
    r.refused,
    part_of(r.refused, a.refused) AS share_of_refused
FROM cube_recognition AS r
LEFT JOIN cube_recognition AS a ON r.programme_id = a.programme_id AND r.partner_id = a.partner_id AND a.breakdown = 'all'
WHERE
    r.breakdown = 'reason'
    AND r.breakdown_value <> 'not refused'
    AND fragment.learner_cell(r)
ORDER BY r.refused DESC, reason
