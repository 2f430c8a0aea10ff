-- title: Learners of each intake, and since when the oldest of their course runs was begun
-- grain: one row per programme (or for_refugees, or all), partner (or all), intake (month, quarter, or all) and learner
-- column programme_id VARCHAR: programme, for_refugees, or all
-- column partner_id VARCHAR: partner, or all
-- column cohort VARCHAR: month of enrolment as YYYY-MM, quarter as YYYY-Q1, or all
-- column learner_key VARCHAR: learner of the partner; for all, person linked across partners
-- column oldest_days BIGINT: most days between an enrolment of the intake and the day until which it was observed
WITH run AS (
    SELECT
        r.programme_id,
        r.partner_id,
        r.learner_key,
        strftime(r.enrolled_on, '%Y-%m') AS cohort_month,
        concat(strftime(r.enrolled_on, '%Y'), '-Q', cast(quarter(r.enrolled_on) AS varchar)) AS cohort_quarter,
        date_diff('day', cast(r.enrolled_on AS date), cast(r.as_of_on AS date)) AS observed_days
    FROM int_run_margin AS r
    WHERE r.is_timed
)

SELECT
    programme_id,
    partner_id,
    coalesce(cohort_month, cohort_quarter, 'all') AS cohort,
    learner_key,
    cast(max(observed_days) AS bigint) AS oldest_days
FROM run
GROUP BY
    GROUPING SETS (
        (programme_id, partner_id, learner_key),
        (programme_id, partner_id, learner_key, cohort_month),
        (programme_id, partner_id, learner_key, cohort_quarter)
    )
ORDER BY programme_id, partner_id, cohort, learner_key
