-- title: What learners did in each phase of a programme, hours by how they are known
-- grain: one row per programme and phase, and one with phase NULL for the whole programme
-- column programme_id VARCHAR: programme
-- column phase VARCHAR: phase by the day of enrolment or registration, or NULL for all
-- column learners BIGINT: distinct learners registered
-- column learners_reached BIGINT: of them, with a learning event in the phase
-- column enrolments BIGINT: course runs
-- column completions BIGINT: course runs completed
-- column courses_completed BIGINT: of them, courses
-- column projects_completed BIGINT: of them, guided projects
-- column hours_measured DOUBLE: as measured, NULL where nobody measured
-- column hours_estimated DOUBLE: as estimated, NULL where nobody estimated
-- column hours_attested DOUBLE: as a partner attests, NULL where none does
-- column learners_with_hours BIGINT: distinct learners of whom hours are known
WITH events AS (
    SELECT
        programme_id,
        learner_key,
        enrolled_on AS on_date,
        1 AS enrolments,
        CASE WHEN completed_on IS NOT NULL THEN 1 ELSE 0 END AS completions,
        CASE WHEN completed_on IS NOT NULL AND course_type = 'guided project' THEN 1 ELSE 0 END AS projects,
        CASE WHEN started_on IS NOT NULL THEN learner_key END AS learner_started,
        hours_measured,
        hours_estimated,
        cast(NULL AS double) AS hours_attested
    FROM fct_course_run
    UNION ALL
    SELECT
        r.programme_id,
        coalesce(r.id_key, i.learner_key, r.email_key),
        r.registered_on,
        0,
        0,
        0,
        NULL,
        CASE WHEN r.hours_basis = 'measured' THEN r.hours END,
        CASE WHEN r.hours_basis = 'estimated' THEN r.hours END,
        CASE WHEN r.hours_basis = 'attested' THEN r.hours END
    FROM stg_partner_learners__register AS r
    LEFT JOIN int_identity AS i ON r.email_key = i.email_key
    WHERE r.is_newest
),

phased AS (
    SELECT
        e.programme_id,
        p.phase,
        e.learner_key,
        e.enrolments,
        e.completions,
        e.projects,
        e.learner_started,
        e.hours_measured,
        e.hours_estimated,
        e.hours_attested
    FROM events AS e
    LEFT JOIN dim_phase AS p
        ON
            e.programme_id = p.programme_id
            AND e.on_date >= p.began_on
            AND (p.ended_on IS NULL OR e.on_date <= p.ended_on)
)

SELECT
    programme_id,
    CASE WHEN grouping(p.phase) = 0 THEN coalesce(p.phase, 'outside of any phase') END AS phase,
    count(DISTINCT p.learner_key) AS learners,
    count(DISTINCT p.learner_started) AS learners_reached,
    cast(sum(p.enrolments) AS bigint) AS enrolments,
    cast(sum(p.completions) AS bigint) AS completions,
    cast(sum(p.completions) - sum(p.projects) AS bigint) AS courses_completed,
    cast(sum(p.projects) AS bigint) AS projects_completed,
    sum(p.hours_measured) AS hours_measured,
    sum(p.hours_estimated) AS hours_estimated,
    sum(p.hours_attested) AS hours_attested,
    count(DISTINCT CASE WHEN coalesce(p.hours_measured, p.hours_estimated, p.hours_attested) IS NOT NULL THEN p.learner_key END)
        AS learners_with_hours
FROM phased AS p
GROUP BY GROUPING SETS ((programme_id), (programme_id, phase))
ORDER BY programme_id, phase
