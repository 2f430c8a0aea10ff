-- title: At the ends of which months are learners by country known?
-- grain: one row per month in which a figure changed, oldest first; the day of the newest file is none of them
-- param $by
-- param $programme_id
-- param $partner_id
-- column on_date DATE: last day of the month; none where the learners are others'
WITH newest AS (
    SELECT max(s.as_of_on) AS as_of_on
    FROM dim_stream AS s
    INNER JOIN dim_programme AS p ON s.programme_id = p.programme_id
    WHERE
        s.programme_id = $programme_id
        OR ($programme_id IS NULL AND p.in_total)
        OR ($programme_id = 'for_refugees' AND p.audience = 'refugees')
)

SELECT DISTINCT last_day(m.on_date) AS on_date
FROM cube_country_day AS m
INNER JOIN newest AS n ON last_day(m.on_date) < n.as_of_on
WHERE
    m.programme_id = coalesce($programme_id, 'all')
    AND m.partner_id = coalesce($partner_id, 'all')
    AND m.counted_by = $by
ORDER BY on_date
