-- label: Course runs under way
-- unit: runs
-- definition: Course runs that are neither completed nor ended, with a learning event in the last 180 days of the record. An enrolment of these days counts as an event.
-- caveat: The record of a course run ends on the day of the newest file that has it. Under way is not failed, and not yet a success.
-- additive_over: partners of one programme that do not report the same people
CREATE MACRO runs_under_way(runs) AS runs::bigint
