-- title: The day of needs and offers asked about, or that of the latest list
-- param $on_date
-- column on_date DATE: the day
SELECT coalesce($on_date, as_of_on) AS on_date
FROM dim_matching_day
