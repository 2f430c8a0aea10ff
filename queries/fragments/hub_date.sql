-- title: The day of hub activity asked about, but none after the latest file about hubs
-- param $on_date
-- column as_of_on DATE: the day
SELECT least(coalesce($on_date, max(as_of_on)), max(as_of_on)) AS as_of_on
FROM fct_hub_day
