-- title: Course runs: a learner's enrolment in a course, as the newest export tells it
-- grain: one row per learner, partner, programme, course and day of enrolment
-- column learner_key VARCHAR: learner, as this partner's files alone know her
-- column partner_id VARCHAR: who reports
-- column programme_id VARCHAR: programme
-- column course_id VARCHAR: course
-- column course_type VARCHAR: course or guided project
-- column enrolled_on DATE: day of enrolment
-- column started_on DATE: first day on which the class was open to the learner who had a learning event, NULL without one
-- column last_activity_on DATE: last learning event, NULL without one
-- column completed_on DATE: day of completion, NULL where not completed
-- column withdrawn_on DATE: last day seen of one who left, NULL for the others
-- column failed_on DATE: end of a course that was not passed, NULL for the others
-- column credential_on DATE: day of a certificate, NULL without one
-- column outcome VARCHAR: completed, distinction, failed, withdrawn or in progress
-- column is_verified_track BOOLEAN: not an audit
-- column is_timed BOOLEAN: enrolment and end have their days, so that the time between them is known
-- column hours_estimated DOUBLE: as estimated, NULL where not told
-- column hours_measured DOUBLE: as measured, NULL where not told
-- column progress DOUBLE: 0 to 1, NULL where not reported
-- column as_of_on DATE: until when the learner was observed
-- column provenance VARCHAR: published, reported or demo
WITH exported AS (
    SELECT
        coalesce(u.id_key, i.learner_key, u.email_key) AS learner_key,
        u.partner_id,
        u.programme_id,
        u.course_id,
        u.enrolled_on,
        min(u.course_type) AS course_type,
        min(u.class_start_on) AS class_start_on,
        max(u.last_activity_on) AS last_activity_on,
        max(u.progress) AS progress,
        max(u.hours_estimated) AS hours_estimated,
        max(u.hours_measured) AS hours_measured,
        bool_or(u.is_completed) AS is_completed,
        bool_or(u.is_removed) AS is_removed,
        bool_or(u.is_verified_track) AS is_verified_track,
        min(u.completed_on) AS completed_on,
        bool_or(u.has_certificate) AS has_certificate,
        max(u.captured_on) AS as_of_on,
        max(u.provenance) AS provenance
    FROM stg_coursera_usage__enrolments AS u
    LEFT JOIN int_identity AS i ON u.email_key = i.email_key AND u.partner_id = i.partner_id
    WHERE u.is_newest
    GROUP BY coalesce(u.id_key, i.learner_key, u.email_key), u.partner_id, u.programme_id, u.course_id, u.enrolled_on
),

-- Reports know the last event only: the first day the class was open stands for the start. A removal has no date either.
runs AS (
    SELECT
        e.learner_key,
        e.partner_id,
        e.programme_id,
        e.course_id,
        e.course_type,
        e.enrolled_on,
        e.is_completed,
        e.is_removed OR coalesce(l.left_on >= e.enrolled_on, FALSE) AS is_gone,
        e.is_verified_track,
        e.has_certificate,
        e.hours_estimated,
        e.hours_measured,
        e.progress,
        e.as_of_on,
        e.provenance,
        greatest(e.enrolled_on, least(coalesce(e.class_start_on, e.enrolled_on), coalesce(e.last_activity_on, e.enrolled_on)))
            AS opened_on,
        greatest(e.enrolled_on, coalesce(e.completed_on, e.last_activity_on, e.enrolled_on)) AS done_on,
        greatest(e.enrolled_on, coalesce(e.last_activity_on, e.enrolled_on)) AS seen_on,
        greatest(
            e.enrolled_on,
            least(
                e.as_of_on, CASE WHEN e.is_removed THEN coalesce(e.last_activity_on, e.enrolled_on) ELSE l.left_on END
            )
        ) AS gone_on,
        coalesce(e.progress > 0, FALSE) OR e.is_completed OR e.last_activity_on IS NOT NULL AS is_started
    FROM exported AS e
    LEFT JOIN int_left AS l
        ON e.learner_key = l.learner_key AND e.partner_id = l.partner_id AND e.programme_id = l.programme_id
),

students AS (
    SELECT
        r.learner_key,
        r.code_module,
        r.code_presentation,
        r.began_on,
        r.registered_day,
        r.unregistered_day,
        o.final_result,
        p.length_days,
        r.provenance
    FROM stg_oulad__registrations AS r
    INNER JOIN stg_oulad__outcomes AS o
        ON
            r.learner_key = o.learner_key
            AND r.code_module = o.code_module
            AND r.code_presentation = o.code_presentation
            AND o.is_newest
    LEFT JOIN stg_oulad__presentations AS p
        ON r.code_module = p.code_module AND r.code_presentation = p.code_presentation AND p.is_newest
    WHERE r.is_newest
)

SELECT
    learner_key,
    partner_id,
    programme_id,
    course_id,
    course_type,
    enrolled_on,
    CASE WHEN is_started THEN opened_on END AS started_on,
    CASE WHEN is_started THEN seen_on END AS last_activity_on,
    CASE WHEN is_completed THEN done_on END AS completed_on,
    CASE WHEN is_gone AND NOT is_completed THEN gone_on END AS withdrawn_on,
    cast(NULL AS date) AS failed_on,
    CASE WHEN is_completed AND coalesce(has_certificate, is_verified_track) THEN done_on END AS credential_on,
    CASE WHEN is_completed THEN 'completed' WHEN is_gone THEN 'withdrawn' ELSE 'in progress' END AS outcome,
    is_verified_track,
    TRUE AS is_timed,
    hours_estimated,
    hours_measured,
    progress,
    greatest(as_of_on, enrolled_on) AS as_of_on,
    provenance
FROM runs
UNION ALL
SELECT
    learner_key,
    'open_university' AS partner_id,
    'oulad' AS programme_id,
    concat(code_module, ' ', code_presentation) AS course_id,
    'course' AS course_type,
    began_on + cast(coalesce(registered_day, 0) AS int) AS enrolled_on,
    CASE
        WHEN final_result <> 'Withdrawn' OR unregistered_day > 0
            THEN began_on + cast(greatest(coalesce(registered_day, 0), 0) AS int)
    END AS started_on,
    cast(NULL AS date) AS last_activity_on,
    CASE WHEN final_result IN ('Pass', 'Distinction') THEN began_on + cast(length_days AS int) END AS completed_on,
    CASE WHEN final_result = 'Withdrawn' THEN began_on + cast(unregistered_day AS int) END AS withdrawn_on,
    CASE WHEN final_result = 'Fail' THEN began_on + cast(length_days AS int) END AS failed_on,
    CASE WHEN final_result IN ('Pass', 'Distinction') THEN began_on + cast(length_days AS int) END AS credential_on,
    CASE final_result
        WHEN 'Pass' THEN 'completed' WHEN 'Distinction' THEN 'distinction' WHEN 'Fail' THEN 'failed' ELSE 'withdrawn'
    END AS outcome,
    TRUE AS is_verified_track,
    registered_day IS NOT NULL
    AND length_days IS NOT NULL
    AND (final_result <> 'Withdrawn' OR coalesce(unregistered_day >= registered_day, FALSE)) AS is_timed,
    cast(NULL AS double) AS hours_estimated,
    cast(NULL AS double) AS hours_measured,
    cast(NULL AS double) AS progress,
    began_on + cast(greatest(coalesce(length_days, 0), coalesce(registered_day, 0)) AS int) AS as_of_on,
    provenance
FROM students
ORDER BY partner_id, programme_id, course_id, enrolled_on, learner_key
