-- title: Completion within a horizon, of course runs old enough to tell, on four denominators
-- grain: one row per programme, partner, intake (month, quarter, or all) and horizon
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column cohort VARCHAR: month of enrolment as YYYY-MM, quarter as YYYY-Q1, or all
-- column horizon_days BIGINT: 30, 60, 90, 180 or 365
-- column runs BIGINT: course runs, of whatever age
-- column learners BIGINT: distinct learners of them
-- column learners_matured BIGINT: distinct learners of the course runs that are old enough to tell
-- column runs_matured BIGINT: enrolled at least the horizon before they were last observed
-- column completed_matured BIGINT: of them, completed within the horizon
-- column started_matured BIGINT: matured and started
-- column verified_matured BIGINT: matured and on the verified track
-- column verified_completed BIGINT: of those on the verified track, completed within the horizon
-- column intended_matured BIGINT: matured, of learners who said that they intend to finish
-- column intended_completed BIGINT: of them, completed within the horizon
-- column completed_so_far BIGINT: completed, of whatever age
-- column withdrawn_so_far BIGINT: left, of whatever age
-- column failed_so_far BIGINT: ended without passing, of whatever age
-- column open_so_far BIGINT: neither completed nor ended when last observed
-- column under_way_so_far BIGINT: of them, with a learning event, or the enrolment itself, in the 180 days before they were last observed
-- column quiet_so_far BIGINT: of them, without one for 180 days or more
-- sum: runs = completed_so_far + withdrawn_so_far + failed_so_far + open_so_far
-- sum: open_so_far = under_way_so_far + quiet_so_far
-- among: runs >= learners >= learners_matured
-- among: runs >= runs_matured >= started_matured
-- among: runs_matured >= learners_matured
-- among: runs_matured >= verified_matured >= verified_completed
-- among: runs_matured >= intended_matured >= intended_completed
-- among: completed_so_far >= completed_matured >= verified_completed
-- among: runs_matured >= completed_matured >= intended_completed
WITH horizons AS (
    SELECT 30 AS horizon_days
    UNION ALL
    SELECT 60 AS horizon_days
    UNION ALL
    SELECT 90 AS horizon_days
    UNION ALL
    SELECT 180 AS horizon_days
    UNION ALL
    SELECT 365 AS horizon_days
),

judged AS (
    SELECT
        r.programme_id,
        r.partner_id,
        strftime(r.enrolled_on, '%Y-%m') AS cohort_month,
        concat(strftime(r.enrolled_on, '%Y'), '-Q', cast(quarter(r.enrolled_on) AS varchar)) AS cohort_quarter,
        h.horizon_days,
        r.started_on IS NOT NULL AS is_started,
        r.is_verified_track,
        coalesce(r.intends_to_finish, FALSE) AS intends_to_finish,
        date_diff('day', cast(r.enrolled_on AS date), cast(r.as_of_on AS date)) >= h.horizon_days AS is_matured,
        coalesce(date_diff('day', cast(r.enrolled_on AS date), cast(r.completed_on AS date)) <= h.horizon_days, FALSE) AS is_done,
        date_diff('day', cast(coalesce(r.last_activity_on, r.enrolled_on) AS date), cast(r.as_of_on AS date)) < 180 AS is_recent,
        r.completed_on,
        CASE WHEN r.completed_on IS NULL THEN r.withdrawn_on END AS withdrawn_on,
        CASE WHEN r.completed_on IS NULL AND r.withdrawn_on IS NULL THEN r.failed_on END AS failed_on
    FROM int_run_margin AS r
    CROSS JOIN horizons AS h
    WHERE r.is_timed
),

run AS (
    SELECT
        programme_id,
        partner_id,
        coalesce(cohort_month, cohort_quarter, 'all') AS cohort,
        horizon_days,
        count(*) AS runs,
        count(*) FILTER (WHERE is_matured) AS runs_matured,
        count(*) FILTER (WHERE is_matured AND is_done) AS completed_matured,
        count(*) FILTER (WHERE is_matured AND is_started) AS started_matured,
        count(*) FILTER (WHERE is_matured AND is_verified_track) AS verified_matured,
        count(*) FILTER (WHERE is_matured AND is_verified_track AND is_done) AS verified_completed,
        count(*) FILTER (WHERE is_matured AND intends_to_finish) AS intended_matured,
        count(*) FILTER (WHERE is_matured AND intends_to_finish AND is_done) AS intended_completed,
        count(completed_on) AS completed_so_far,
        count(withdrawn_on) AS withdrawn_so_far,
        count(failed_on) AS failed_so_far,
        count(*) FILTER (WHERE coalesce(completed_on, withdrawn_on, failed_on) IS NULL) AS open_so_far,
        count(*) FILTER (WHERE coalesce(completed_on, withdrawn_on, failed_on) IS NULL AND is_recent) AS under_way_so_far,
        count(*) FILTER (WHERE coalesce(completed_on, withdrawn_on, failed_on) IS NULL AND NOT is_recent) AS quiet_so_far
    FROM judged
    GROUP BY
        GROUPING SETS (
            (programme_id, partner_id, horizon_days),
            (programme_id, partner_id, horizon_days, cohort_month),
            (programme_id, partner_id, horizon_days, cohort_quarter)
        )
),

learner AS (
    SELECT
        l.programme_id,
        l.partner_id,
        l.cohort,
        h.horizon_days,
        count(*) AS learners,
        count(*) FILTER (WHERE l.oldest_days >= h.horizon_days) AS learners_matured
    FROM int_completion_learner AS l
    CROSS JOIN horizons AS h
    GROUP BY l.programme_id, l.partner_id, l.cohort, h.horizon_days
)

SELECT
    r.programme_id,
    r.partner_id,
    r.cohort,
    cast(r.horizon_days AS bigint) AS horizon_days,
    r.runs,
    l.learners,
    l.learners_matured,
    r.runs_matured,
    r.completed_matured,
    r.started_matured,
    r.verified_matured,
    r.verified_completed,
    r.intended_matured,
    r.intended_completed,
    r.completed_so_far,
    r.withdrawn_so_far,
    r.failed_so_far,
    r.open_so_far,
    r.under_way_so_far,
    r.quiet_so_far
FROM run AS r
INNER JOIN learner AS l
    ON
        r.programme_id = l.programme_id
        AND r.partner_id = l.partner_id
        AND r.cohort = l.cohort
        AND r.horizon_days = l.horizon_days
ORDER BY r.programme_id, r.partner_id, r.cohort, horizon_days
