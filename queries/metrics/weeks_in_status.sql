-- label: Weeks in a status
-- unit: weeks
-- definition: Days on which the status held, divided by 7 and rounded. Academic breaks have a column of their own.
-- caveat: Days later than the capture are plans and not counted.
-- additive_over: nothing
CREATE MACRO weeks_in_status(days) AS round(days / 7)::bigint
