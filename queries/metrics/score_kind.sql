-- label: Points for the kind of support
-- unit: points
-- definition: 40 when the offer is of the kind asked for, or when any kind helps; else 0.
-- caveat: Kinds are broad.
-- additive_over: parts of the score
CREATE MACRO score_kind(activity_type, needed_type) AS
CASE WHEN needed_type IS NULL OR activity_type = needed_type THEN 40 ELSE 0 END
