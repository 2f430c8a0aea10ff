-- label: Live on the day
-- unit: pass or fail
-- definition: The day lies between the first and the last day of the offer, and it was not withdrawn.
-- caveat: As the member states it.
-- additive_over: nothing
CREATE MACRO gate_live(valid_from, valid_to, on_day) AS on_day BETWEEN valid_from AND valid_to
