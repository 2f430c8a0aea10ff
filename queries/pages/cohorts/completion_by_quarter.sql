-- title: Does verified completion of a cohort rise from intake to intake?
-- grain: one row per quarter of intake that began at least the horizon before the newest file
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- param $partner_id VARCHAR: partner, or NULL for all
-- param $horizon_days BIGINT: 30, 60, 90, 180 or 365 days from enrolment, or NULL for 180
-- column quarter DATE: first day of the quarter of enrolment
-- column verified_matured BIGINT: course runs on the verified track that began at least the horizon ago
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
        fragment.learner_cell()
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
