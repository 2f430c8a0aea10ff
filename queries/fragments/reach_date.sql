-- title: The day of reach asked about, but none after the newest file of the programmes
-- param $on_date
-- param $programme_id
-- column on_date DATE: the day
SELECT least(coalesce($on_date, max(s.as_of_on)), max(s.as_of_on)) AS on_date
FROM dim_stream AS s
INNER JOIN dim_programme AS p ON s.programme_id = p.programme_id
WHERE fragment.programme_filter(s, p)
