-- title: The capture of the closure record that answers for each day
-- param $as_captured_on
-- column on_date DATE: the day
-- column captured_on DATE: day of the capture
SELECT
    on_date,
    captured_on
FROM fct_school_record
WHERE capture_answers(asked_from, asked_before, $as_captured_on)
