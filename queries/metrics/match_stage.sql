-- label: Stage of a match
-- unit: stage
-- definition: The furthest of proposed, brokered, delivering and completed by the day; dropped from the day on which it was given up.
-- caveat: A match that is proposed or brokered has not reached any learner yet.
-- additive_over: nothing
CREATE MACRO match_stage(brokered_on, delivering_on, completed_on, dropped_on, on_day) AS
CASE
    WHEN dropped_on <= on_day THEN 'dropped'
    WHEN completed_on < on_day THEN 'completed'
    WHEN delivering_on <= on_day THEN 'delivering'
    WHEN brokered_on <= on_day THEN 'brokered'
    ELSE 'proposed'
END
