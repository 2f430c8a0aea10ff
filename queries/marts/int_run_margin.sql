-- title: A course run once in each total: of a programme, a partner, all programmes for refugees, all programmes
-- grain: one row per programme (or for_refugees, or all), partner (or all), learner, course and day of enrolment
-- column programme_id VARCHAR: programme, for_refugees, or all but rehearsals
-- column partner_id VARCHAR: partner, or all
-- column learner_key VARCHAR: learner of the partner; for all, person linked across partners
-- column course_id VARCHAR: course
-- column enrolled_on DATE: day of enrolment
-- column started_on DATE: NULL where never started
-- column last_activity_on DATE: last learning event, NULL without one
-- column completed_on DATE: NULL where not completed
-- column withdrawn_on DATE: NULL where not withdrawn
-- column failed_on DATE: NULL where not failed
-- column course_type VARCHAR: course or guided project
-- column outcome VARCHAR: completed, distinction, failed, in progress or withdrawn
-- column hours_estimated DOUBLE: as estimated
-- column hours_measured DOUBLE: as measured
-- column progress DOUBLE: 0 to 1, NULL where not reported
-- column is_verified_track BOOLEAN: not an audit
-- column is_timed BOOLEAN: the time to its end is known
-- column as_of_on DATE: until when the learner was observed
-- column sex VARCHAR: female, male, other or not reported; this and what follows as the partner's files have it, for all as everybody's have it
-- column age_band VARCHAR: band of years, or not reported
-- column education VARCHAR: highest level, or not reported
-- column intends_to_finish BOOLEAN: said so, NULL where not asked
WITH runs AS (
    SELECT
        t.total_programme_id AS programme_id,
        CASE WHEN t.is_of_all_partners THEN 'all' ELSE r.partner_id END AS partner_id,
        CASE WHEN t.is_of_all_partners THEN coalesce(i.person_key, r.learner_key) ELSE r.learner_key END AS learner_key,
        r.course_id,
        r.enrolled_on,
        r.started_on,
        r.last_activity_on,
        r.completed_on,
        r.withdrawn_on,
        r.failed_on,
        r.course_type,
        r.outcome,
        r.hours_estimated,
        r.hours_measured,
        r.progress,
        r.is_verified_track,
        r.is_timed,
        r.as_of_on
    FROM fct_course_run AS r
    INNER JOIN int_total AS t ON r.programme_id = t.programme_id
    LEFT JOIN int_identity AS i ON r.learner_key = i.email_key AND r.partner_id = i.partner_id
),

totals AS (
    SELECT
        programme_id,
        partner_id,
        learner_key,
        course_id,
        enrolled_on,
        min(r.started_on) AS started_on,
        max(r.last_activity_on) AS last_activity_on,
        min(r.completed_on) AS completed_on,
        min(r.withdrawn_on) AS withdrawn_on,
        min(r.failed_on) AS failed_on,
        max(r.course_type) AS course_type,
        -- Of two reports of one run, completed goes before failed, in progress and withdrawn.
        min(r.outcome) AS outcome,
        max(r.hours_estimated) AS hours_estimated,
        max(r.hours_measured) AS hours_measured,
        max(r.progress) AS progress,
        bool_or(r.is_verified_track) AS is_verified_track,
        bool_and(r.is_timed) AS is_timed,
        max(r.as_of_on) AS as_of_on
    FROM runs AS r
    GROUP BY programme_id, partner_id, learner_key, course_id, enrolled_on
)

SELECT
    o.programme_id,
    o.partner_id,
    o.learner_key,
    o.course_id,
    o.enrolled_on,
    o.started_on,
    o.last_activity_on,
    o.completed_on,
    o.withdrawn_on,
    o.failed_on,
    o.course_type,
    o.outcome,
    o.hours_estimated,
    o.hours_measured,
    o.progress,
    o.is_verified_track,
    o.is_timed,
    o.as_of_on,
    coalesce(p.sex, 'not reported') AS sex,
    coalesce(p.age_band, 'not reported') AS age_band,
    coalesce(p.education, 'not reported') AS education,
    p.intends_to_finish
FROM totals AS o
LEFT JOIN int_learner AS p ON o.partner_id = p.partner_id AND o.learner_key = p.learner_key
ORDER BY o.programme_id, o.partner_id, o.learner_key, o.course_id, o.enrolled_on
