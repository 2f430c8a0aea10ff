-- title: What did the learners of each partner complete?
-- grain: one row per partner, most learners who completed first
-- param $partner_id VARCHAR: one partner, or NULL for all
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all but rehearsals
-- column partner_id VARCHAR: who reports
-- column partner VARCHAR: its name, or its id where the reference does not have it
-- column learners_registered BIGINT: distinct learners registered, the base of the share
-- column learners_completed BIGINT: distinct learners who completed at least one course
-- column share_completed DOUBLE: completed / registered, people, 0 to 1
-- column share_low DOUBLE: lower end of its 95 % interval
-- column share_high DOUBLE: upper end of its 95 % interval
-- column runs BIGINT: course runs whose enrolment and end have their days
-- column completions BIGINT: of them, completed
-- column credentials BIGINT: certificates of courses and guided projects
-- column is_small BOOLEAN: fewer than 30 registered, so not to be ranked
-- metric: learners_completed
-- caveat: A learner of two partners is in the row of each: rows do not add up to the total.
WITH results AS (
    SELECT
        f.partner_id,
        f.registered,
        f.completed,
        c.runs,
        c.completed_so_far,
        (
            SELECT max(r.credentials)
            FROM cube_reach AS r
            WHERE r.programme_id = f.programme_id AND r.partner_id = f.partner_id
        ) AS credentials
    FROM cube_funnel AS f
    LEFT JOIN cube_completion AS c
        ON f.programme_id = c.programme_id AND f.partner_id = c.partner_id AND c.cohort = 'all' AND c.horizon_days = 180
    WHERE
        f.programme_id = coalesce($programme_id, 'all')
        AND f.partner_id <> 'all'
        AND ($partner_id IS NULL OR f.partner_id = $partner_id)
        AND f.attribute = 'all'
        AND f.month IS NULL
),

names AS (
    SELECT
        partner_id,
        max(partner) AS partner
    FROM dim_stream
    GROUP BY partner_id
)

SELECT
    r.partner_id,
    coalesce(n.partner, r.partner_id) AS partner,
    known(r.registered)::bigint AS learners_registered,
    learners_completed(known(r.completed)) AS learners_completed,
    part_of(r.completed, r.registered) AS share_completed,
    wilson_low(r.completed, r.registered) AS share_low,
    wilson_high(r.completed, r.registered) AS share_high,
    known(r.runs)::bigint AS runs,
    known(r.completed_so_far)::bigint AS completions,
    known(r.credentials)::bigint AS credentials,
    coalesce(r.registered < 30, TRUE) AS is_small
FROM results AS r
LEFT JOIN names AS n ON r.partner_id = n.partner_id
ORDER BY r.completed DESC NULLS LAST, r.partner_id
