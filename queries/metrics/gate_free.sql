-- label: Free of charge
-- unit: pass or fail
-- definition: The offer costs nothing on the day: it is free, and its free period has not ended.
-- caveat: As the member states it.
-- additive_over: nothing
CREATE MACRO gate_free(is_free, free_until, on_day) AS is_free AND free_until >= on_day
