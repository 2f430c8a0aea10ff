-- label: Capture that answers
-- unit: yes or no
-- definition: The latest capture on the chosen day; where no capture is chosen, the one with the most rows around the day shown, and of these the latest.
-- caveat: The past was revised between captures, and rows are not days: a status holds from its row to the next one.
-- additive_over: nothing
CREATE MACRO capture_answers(asked_from, asked_before, as_captured_on) AS
CASE
    WHEN as_captured_on IS NULL THEN asked_from IS NULL
    ELSE coalesce(as_captured_on::date >= asked_from AND (asked_before IS NULL OR as_captured_on::date < asked_before), FALSE)
END
