-- title: Why do universities refuse?
-- grain: one row per reason, most frequent first
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all
-- param $partner_id VARCHAR: partner, or NULL for all
-- column reason VARCHAR: content, level, documents, deadline, no place or other
-- column refused BIGINT: requests refused for it
-- column share_of_refused DOUBLE: of all refused, 0 to 1
SELECT
    breakdown_value AS reason,
    refused,
    refused::double / nullif(sum(refused) OVER (), 0) AS share_of_refused
FROM cube_recognition
WHERE
    breakdown = 'reason'
    AND breakdown_value <> 'not refused'
    AND programme_id = coalesce($programme_id, 'all')
    AND partner_id = coalesce($partner_id, 'all')
ORDER BY refused DESC, reason
