-- label: Covered
-- unit: share
-- definition: People reached directly divided by people targeted.
-- caveat: Over 100 % where more came than were planned for, or where several activities reached the same people; it is not cut off.
-- additive_over: nothing
CREATE MACRO share_covered(reached, targeted) AS reached::double / nullif(targeted, 0)
