-- title: How far into a course do learners come who have not completed it?
-- grain: one row per fifth of the course; none for viewers who do not own the rows
-- param $partner_id VARCHAR: partner
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- column fifth BIGINT: 0 where nothing was done, 1 for up to 20 % of the course to 5 for more than 80 %; -1 where progress is not reported
-- column runs BIGINT: course runs that were not completed
-- column runs_ended BIGINT: of them, the learner left or the class was not passed
-- column runs_under_way BIGINT: of them, with a learning event or the enrolment in the last 180 days of the record
-- column runs_quiet BIGINT: of them, without one
-- column share_of_runs DOUBLE: of all course runs that were not completed, 0 to 1
-- metric: runs_ended
-- metric: runs_under_way
-- metric: runs_quiet
-- caveat: Progress is what the newest report states at the last activity. Who is under way has not stopped there.
WITH fifths AS (
    SELECT
        fifth,
        sum(runs)::bigint AS runs,
        coalesce(sum(runs) FILTER (WHERE state = 'ended'), 0)::bigint AS runs_ended,
        coalesce(sum(runs) FILTER (WHERE state = 'under way'), 0)::bigint AS runs_under_way,
        coalesce(sum(runs) FILTER (WHERE state = 'quiet'), 0)::bigint AS runs_quiet,
        sum(sum(runs)) OVER () AS all_runs
    FROM cube_progress
    WHERE fragment.learner_cell_of_partner()
    GROUP BY fifth
)

SELECT
    fifth,
    runs,
    runs_ended,
    runs_under_way,
    runs_quiet,
    part_of(runs, all_runs) AS share_of_runs
FROM fifths
ORDER BY fifth
