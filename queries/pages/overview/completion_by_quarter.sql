-- title: Does verified completion rise from intake to intake?
-- grain: one row per quarter of intake that is enrolled at least the horizon ago
-- param $programme_id
-- param $horizon_days
-- column quarter DATE: first day of the quarter of enrolment
-- column verified_matured BIGINT: course runs on the verified track, enrolled at least the horizon ago
-- column verified_completed BIGINT: of them, completed within the horizon
-- column share_verified DOUBLE: completed / matured, 0 to 1
-- column share_low DOUBLE: lower end of its 95 % interval
-- column share_high DOUBLE: upper end of its 95 % interval
-- column is_small BOOLEAN: fewer than 30 runs, so not to be ranked
-- metric: matured_verified_completion
WITH quarters AS (
    SELECT
        make_date(left(cohort, 4)::integer, 3 * right(cohort, 1)::integer - 2, 1) AS quarter,
        verified_matured,
        verified_completed
    FROM cube_completion
    WHERE
        fragment.learner_cell_of_all()
        AND cohort LIKE '%-Q%'
        AND fragment.completion_horizon()
)

SELECT
    quarter,
    verified_matured,
    verified_completed,
    matured_verified_completion(verified_completed, verified_matured) AS share_verified,
    wilson_low(verified_completed, verified_matured) AS share_low,
    wilson_high(verified_completed, verified_matured) AS share_high,
    verified_matured < 30 AS is_small
FROM quarters
WHERE verified_matured > 0
ORDER BY quarter
