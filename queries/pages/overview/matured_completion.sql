-- title: How many course runs on the verified track are completed within the horizon, of those enrolled at least that long ago?
-- grain: one row
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- param $partner_id VARCHAR: partner, or NULL for all
-- param $horizon_days BIGINT: 30, 60, 90, 180 or 365 days from enrolment, or NULL for 180
-- column horizon_days BIGINT: the horizon that answers
-- column verified_matured BIGINT: course runs on the verified track, enrolled at least the horizon before they were last observed
-- column verified_completed BIGINT: of them, completed within the horizon
-- column share_verified DOUBLE: completed / matured, verified track, 0 to 1
-- column share_low DOUBLE: lower end of its 95 % interval
-- column share_high DOUBLE: upper end of its 95 % interval
-- column share_of_enrolled DOUBLE: of all matured course runs
-- column share_of_started DOUBLE: of those that started
-- column share_of_intended DOUBLE: of learners who stated that they intend to finish, NULL where the question was not asked
-- column runs BIGINT: course runs, also those enrolled more recently
-- column completed_so_far BIGINT: of them, completed
-- column withdrawn_so_far BIGINT: of them, left before they completed
-- column failed_so_far BIGINT: of them, ended without passing
-- column ended_so_far BIGINT: of them, left or ended without passing: withdrawn and failed together, of which a part that is hidden counts as none
-- column under_way_so_far BIGINT: not completed, not ended, and with a learning event or the enrolment itself in the last 180 days of the record
-- column quiet_so_far BIGINT: not completed, not ended, and without a learning event for 180 days or more
-- metric: matured_verified_completion = share_verified
-- metric: runs_under_way = under_way_so_far
-- metric: runs_quiet = quiet_so_far
-- metric: runs_ended = ended_so_far
-- caveat: A recent intake is not in the rate: a learner who is under way or quiet has not failed.
SELECT
    horizon_days,
    verified_matured,
    verified_completed,
    matured_verified_completion(verified_completed, verified_matured) AS share_verified,
    wilson_low(verified_completed, verified_matured) AS share_low,
    wilson_high(verified_completed, verified_matured) AS share_high,
    part_of(completed_matured, runs_matured) AS share_of_enrolled,
    part_of(completed_matured, started_matured) AS share_of_started,
    part_of(intended_completed, intended_matured) AS share_of_intended,
    runs,
    completed_so_far,
    withdrawn_so_far,
    failed_so_far,
    runs_ended(withdrawn_so_far, failed_so_far) AS ended_so_far,
    runs_under_way(under_way_so_far) AS under_way_so_far,
    runs_quiet(quiet_so_far) AS quiet_so_far
FROM cube_completion
WHERE
    fragment.learner_cell()
    AND cohort = 'all'
    AND fragment.completion_horizon()
ORDER BY horizon_days
