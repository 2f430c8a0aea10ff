-- title: How many learners who have not finished have been quiet for some days?
-- grain: one row
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- param $partner_id VARCHAR: partner, or NULL for all
-- param $quiet_days BIGINT: days without activity, up to the day of the newest file
-- column quiet_days BIGINT: the days asked about
-- column learners_quiet BIGINT: of those who have not finished, learners without activity for at least so many days
-- column learners_unfinished BIGINT: learners who started, have not completed a course and have not left
-- column share_quiet DOUBLE: quiet / not finished, 0 to 1
-- column share_low DOUBLE: lower end of its 95 % interval
-- column share_high DOUBLE: upper end of its 95 % interval
-- metric: learners_quiet
WITH counted AS (
    SELECT
        known(sum(q.learners) FILTER (WHERE q.quiet_days >= $quiet_days))::bigint AS quiet,
        known(sum(q.learners))::bigint AS unfinished
    FROM cube_quiet AS q
    WHERE fragment.learner_cell(q)
)

SELECT
    $quiet_days::bigint AS quiet_days,
    quiet AS learners_quiet,
    unfinished AS learners_unfinished,
    part_of(quiet, unfinished) AS share_quiet,
    wilson_low(quiet, unfinished) AS share_low,
    wilson_high(quiet, unfinished) AS share_high
FROM counted
ORDER BY quiet
