-- label: Status of a hub
-- unit: words
-- definition: Active: a session or a learning event of one of its learners in the 60 days before the day. Dormant: in the 365 days before. Unknown: none since, or never. Closed: only where a partner stated it, and no session was held since.
-- caveat: A hub without a report may still be active.
-- additive_over: nothing
CREATE MACRO hub_status(days_since, closed_on, last_session_on) AS CASE
    WHEN closed_on >= coalesce(last_session_on, closed_on) THEN 'closed'
    WHEN days_since <= 60 THEN 'active'
    WHEN days_since <= 365 THEN 'dormant'
    ELSE 'unknown'
END
