-- title: Until which day do the files about learners reach?
-- grain: one row
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- param $partner_id VARCHAR: partner, or NULL for all
-- column on_date DATE: day of the newest file, NULL where there is none
SELECT max(s.as_of_on) AS on_date
FROM dim_stream AS s
INNER JOIN dim_programme AS p ON s.programme_id = p.programme_id
WHERE
    fragment.programme_filter(s, p)
    AND ($partner_id IS NULL OR s.partner_id = $partner_id)
ORDER BY on_date
