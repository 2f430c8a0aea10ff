-- label: State of an offer
-- unit: state
-- definition: Live when the day lies within it, it is free of charge on that day and has a focal point; else the first that is missing.
-- caveat: As the member states it.
-- additive_over: nothing
CREATE MACRO offer_state(is_free, free_until, valid_from, valid_to, focal_point, on_day) AS
CASE
    WHEN NOT is_free THEN 'not free'
    WHEN valid_to < on_day THEN 'ended'
    WHEN valid_from > on_day THEN 'not yet'
    WHEN free_until < on_day THEN 'free period expired'
    WHEN focal_point IS NULL THEN 'no focal point'
    ELSE 'live'
END
