-- title: Course runs of the cohort chosen by the day since enrolment on which they ended, and those not ended before it
-- param $programme_id
-- param $partner_id
-- param $cohort_month
-- param $attribute
-- param $attribute_value
-- column day BIGINT: days since enrolment
-- column completed BIGINT: completed on that day
-- column withdrawn BIGINT: left on that day
-- column failed BIGINT: failed on that day
-- column still_active BIGINT: observed until that day and not ended
-- column at_risk BIGINT: had not ended and were observed at the beginning of the day
WITH days AS (
    SELECT string_split(unnest(string_split(days || ' 0:0:0:0:0', ' ')), ':') AS fields
    FROM cube_cohort
    WHERE
        fragment.learner_cell()
        AND fragment.cohort_filters()
)

SELECT
    fields[1]::bigint AS day,
    sum(fields[2]::bigint)::bigint AS completed,
    sum(fields[3]::bigint)::bigint AS withdrawn,
    sum(fields[4]::bigint)::bigint AS failed,
    sum(fields[5]::bigint)::bigint AS still_active,
    sum(sum(fields[2]::bigint + fields[3]::bigint + fields[4]::bigint + fields[5]::bigint)) OVER (ORDER BY fields[1]::bigint DESC)::bigint
        AS at_risk
FROM days
GROUP BY fields[1]::bigint
