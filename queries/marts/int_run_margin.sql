-- title: A course run once in each total: of a programme, a partner, all programmes for refugees, all programmes
-- grain: one row per programme (or for_refugees, or all), partner (or all), learner, course and day of enrolment
-- column programme_id VARCHAR: programme, for_refugees, or all but rehearsals
-- column partner_id VARCHAR: partner, or all
-- column learner_key VARCHAR: learner
-- column course_id VARCHAR: course
-- column enrolled_on DATE: day of enrolment
-- column started_on DATE: NULL where never started
-- column completed_on DATE: NULL where not completed
-- column withdrawn_on DATE: NULL where not withdrawn
-- column failed_on DATE: NULL where not failed
-- column course_type VARCHAR: course or guided project
-- column outcome VARCHAR: completed, distinction, failed, in progress or withdrawn
-- column hours_estimated DOUBLE: as estimated
-- column hours_measured DOUBLE: as measured
-- column is_verified_track BOOLEAN: not an audit
-- column is_timed BOOLEAN: the time to its end is known
-- column as_of_on DATE: until when the learner was observed
WITH totals AS (
    SELECT
        r.learner_key,
        r.course_id,
        r.enrolled_on,
        r.programme_id,
        p.audience,
        p.in_total,
        r.partner_id,
        grouping(r.programme_id) AS over_programmes,
        grouping(p.audience) AS over_audiences,
        min(r.started_on) AS started_on,
        min(r.completed_on) AS completed_on,
        min(r.withdrawn_on) AS withdrawn_on,
        min(r.failed_on) AS failed_on,
        max(r.course_type) AS course_type,
        -- Of two reports of one run, completed goes before failed, in progress and withdrawn.
        min(r.outcome) AS outcome,
        max(r.hours_estimated) AS hours_estimated,
        max(r.hours_measured) AS hours_measured,
        bool_or(r.is_verified_track) AS is_verified_track,
        bool_and(r.is_timed) AS is_timed,
        max(r.as_of_on) AS as_of_on
    FROM fct_course_run AS r
    INNER JOIN dim_programme AS p ON r.programme_id = p.programme_id
    GROUP BY GROUPING SETS (
        (r.learner_key, r.course_id, r.enrolled_on, p.audience, r.programme_id, r.partner_id),
        (r.learner_key, r.course_id, r.enrolled_on, p.audience, r.programme_id),
        (r.learner_key, r.course_id, r.enrolled_on, p.audience, r.partner_id),
        (r.learner_key, r.course_id, r.enrolled_on, p.audience),
        (r.learner_key, r.course_id, r.enrolled_on, p.in_total, r.partner_id),
        (r.learner_key, r.course_id, r.enrolled_on, p.in_total)
    )
)

SELECT
    CASE
        WHEN over_programmes = 0 THEN programme_id
        WHEN over_audiences = 0 THEN 'for_refugees'
        ELSE 'all'
    END AS programme_id,
    coalesce(partner_id, 'all') AS partner_id,
    learner_key,
    course_id,
    enrolled_on,
    started_on,
    completed_on,
    withdrawn_on,
    failed_on,
    course_type,
    outcome,
    hours_estimated,
    hours_measured,
    is_verified_track,
    is_timed,
    as_of_on
FROM totals
WHERE over_programmes = 0 OR (over_audiences = 0 AND audience = 'refugees') OR (over_audiences = 1 AND in_total)
ORDER BY programme_id, partner_id, learner_key, course_id, enrolled_on
