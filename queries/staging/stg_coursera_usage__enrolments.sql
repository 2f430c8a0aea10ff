-- title: Enrolments as partners export them from Coursera
-- grain: one row per capture, learner, course and enrolment as exported
-- column captured_on DATE: day of the export
-- column is_newest BOOLEAN: of the newest export of this partner's programme
-- column id_key VARCHAR: key of the partner's id of the learner, NULL where blank
-- column email_key VARCHAR: key of the e-mail address, NULL where blank
-- column partner_id VARCHAR: who reports
-- column programme_id VARCHAR: programme
-- column course_id VARCHAR: Coursera's id of the course
-- column course VARCHAR: name of the course
-- column university VARCHAR: who made it
-- column course_type VARCHAR: course or guided project
-- column enrolled_on DATE: day of enrolment, UTC
-- column class_start_on DATE: first day of the class, NULL where not told
-- column last_activity_on DATE: last learning event, NULL where none
-- column progress DOUBLE: 0 to 1
-- column hours_estimated DOUBLE: as Coursera estimates
-- column hours_measured DOUBLE: as Coursera measured, NULL in older layouts
-- column is_completed BOOLEAN: completed
-- column is_removed BOOLEAN: left the programme, or was taken out of it
-- column is_verified_track BOOLEAN: not an audit
-- column completed_on DATE: day of completion, NULL where not told
-- column has_certificate BOOLEAN: a certificate was issued, NULL in layouts that do not tell
-- column country_host VARCHAR: ISO 3166 alpha-3, or unknown
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY partner_id, programme_id) AS is_newest,
    id_key,
    email_key,
    partner_id,
    programme_id,
    course_id,
    course,
    university,
    course_type,
    enrolled_on,
    class_start_on,
    last_activity_on,
    progress,
    hours_estimated,
    hours_measured,
    is_completed,
    is_removed,
    is_verified_track,
    completed_on,
    has_certificate,
    country_host,
    provenance
FROM raw_coursera_usage
ORDER BY
    captured_on, partner_id, programme_id, id_key, email_key, course_id, enrolled_on, progress, hours_estimated, hours_measured,
    last_activity_on, completed_on, is_completed, is_removed, has_certificate, course, university, country_host, class_start_on,
    course_type, is_verified_track
