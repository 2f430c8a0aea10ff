-- label: Course runs ended without completion
-- unit: runs
-- definition: Course runs that ended before they were completed: the learner left the programme or the class, or the class is over and was not passed.
-- caveat: Coursera's exports do not state when a class is over; of its course runs only those whose learner left have ended.
-- additive_over: partners of one programme that do not report the same people
CREATE MACRO runs_ended(withdrawn, failed) AS CASE
    WHEN coalesce(withdrawn, failed) IS NOT NULL THEN (coalesce(withdrawn, 0) + coalesce(failed, 0))::bigint
END
