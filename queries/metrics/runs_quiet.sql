-- label: Quiet course runs
-- unit: runs
-- definition: Course runs that are neither completed nor ended, without a learning event for 180 days or more at the end of the record.
-- caveat: Quiet is not lost: some learners come back. A course run that is never closed stays quiet.
-- additive_over: partners of one programme that do not report the same people
CREATE MACRO runs_quiet(runs) AS runs::bigint
