-- title: Which capture answers for a day, and on which day does it list the statuses?
-- grain: one row, or none where no capture has data for the day
-- param $on_date DATE: the day asked about
-- param $as_captured_on DATE: the capture that was the latest on this day, or NULL for the one with most rows around each day
-- column captured_on DATE: capture of UNESCO's record that answers
-- column listed_on DATE: day of its rows from which the statuses hold
-- column is_planned BOOLEAN: the day is later than the capture
-- metric: capture_answers
SELECT
    captured_on,
    listed_on,
    is_planned
FROM fct_school_record
WHERE on_date = $on_date AND capture_answers(asked_from, asked_before, $as_captured_on)
ORDER BY captured_on
