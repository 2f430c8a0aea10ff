-- title: Which captures of the record answer, and on which day do they list the statuses?
-- grain: one row per capture that answers for the day, or for any day of the record where none is given
-- param $on_date DATE: the day asked about, or NULL for every day of the record
-- param $as_captured_on
-- column captured_on DATE: capture of UNESCO's record
-- column listed_on DATE: day of its rows from which the statuses of the day hold, or the last one of those that answer
-- metric: capture_answers
SELECT
    captured_on,
    max(listed_on) AS listed_on
FROM fct_school_record
WHERE ($on_date IS NULL OR on_date = $on_date) AND capture_answers(asked_from, asked_before, $as_captured_on)
GROUP BY captured_on
ORDER BY captured_on
