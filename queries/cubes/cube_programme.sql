-- title: What learners did in each phase of a programme, hours by how they are known
-- grain: one row per programme, partner and phase, and one with phase all for the whole programme
-- column programme_id VARCHAR: programme
-- column partner_id VARCHAR: partner, or all
-- column phase VARCHAR: phase by the day of enrolment or registration, or all
-- column learners BIGINT: distinct learners who registered, or enrolled, in the phase
-- column learners_reached BIGINT: of them, with a learning event in the phase
-- column enrolments BIGINT: course runs
-- column completions BIGINT: course runs completed
-- column courses_completed BIGINT: of them, courses
-- column projects_completed BIGINT: of them, guided projects
-- column hours_measured DOUBLE: as measured, NULL where nobody measured
-- column hours_estimated DOUBLE: as estimated, NULL where nobody estimated
-- column hours_attested DOUBLE: as a partner attests, NULL where none does
-- column learners_with_hours BIGINT: distinct learners of whom hours are known
-- column largest_share_of_hours DOUBLE: the largest share that one learner has in the hours of a basis, 0 to 1
-- sum: completions = courses_completed + projects_completed
-- among: learners >= learners_reached
-- among: learners >= learners_with_hours
-- among: enrolments >= completions
WITH registered AS (
    SELECT
        r.programme_id,
        CASE WHEN t.is_of_all_partners THEN 'all' ELSE r.partner_id END AS partner_id,
        CASE
            WHEN t.is_of_all_partners THEN coalesce(r.id_key, i.person_key, r.email_key) ELSE coalesce(r.id_key, i.learner_key, r.email_key)
        END AS learner_key,
        r.hours_basis,
        r.registered_on,
        cast(floor(r.hours * 3600 + cast(0.5 AS double)) AS bigint) AS seconds
    FROM stg_partner_learners__register AS r
    INNER JOIN int_total AS t ON r.programme_id = t.programme_id AND r.programme_id = t.total_programme_id
    LEFT JOIN int_identity AS i ON r.email_key = i.email_key AND r.partner_id = i.partner_id
    WHERE r.is_newest AND r.hours IS NOT NULL
),

-- Hours are added up in whole seconds: sums of fractions hang on the order in which an engine takes the rows.
events AS (
    SELECT
        r.programme_id,
        r.partner_id,
        r.learner_key,
        r.enrolled_on AS on_date,
        1 AS enrolments,
        CASE WHEN r.completed_on IS NOT NULL THEN 1 ELSE 0 END AS completions,
        CASE WHEN r.completed_on IS NOT NULL AND r.course_type = 'guided project' THEN 1 ELSE 0 END AS projects,
        CASE WHEN r.started_on IS NOT NULL THEN r.learner_key END AS learner_started,
        cast(floor(r.hours_measured * 3600 + cast(0.5 AS double)) AS bigint) AS seconds_measured,
        cast(floor(r.hours_estimated * 3600 + cast(0.5 AS double)) AS bigint) AS seconds_estimated,
        cast(NULL AS bigint) AS seconds_attested
    FROM int_run_margin AS r
    INNER JOIN dim_programme AS p ON r.programme_id = p.programme_id
    UNION ALL
    SELECT
        m.programme_id,
        m.partner_id,
        m.learner_key,
        m.registered_on,
        0 AS enrolments,
        0 AS completions,
        0 AS projects,
        CASE WHEN m.reached_on = m.registered_on THEN m.learner_key END AS learner_started,
        NULL AS seconds_measured,
        NULL AS seconds_estimated,
        NULL AS seconds_attested
    FROM int_learner_margin AS m
    INNER JOIN dim_programme AS p ON m.programme_id = p.programme_id
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        learner_key,
        min(h.registered_on) AS on_date,
        0 AS enrolments,
        0 AS completions,
        0 AS projects,
        NULL AS learner_started,
        CASE WHEN hours_basis = 'measured' THEN max(h.seconds) END AS seconds_measured,
        CASE WHEN hours_basis = 'estimated' THEN max(h.seconds) END AS seconds_estimated,
        CASE WHEN hours_basis = 'attested' THEN max(h.seconds) END AS seconds_attested
    FROM registered AS h
    GROUP BY programme_id, partner_id, learner_key, hours_basis
),

-- Phases may overlap: each has its own events, and the whole programme every event once.
phased AS (
    SELECT
        e.programme_id,
        e.partner_id,
        coalesce(p.phase, 'outside of any phase') AS phase,
        e.learner_key,
        e.enrolments,
        e.completions,
        e.projects,
        e.learner_started,
        e.seconds_measured,
        e.seconds_estimated,
        e.seconds_attested
    FROM events AS e
    LEFT JOIN dim_phase AS p
        ON
            e.programme_id = p.programme_id
            AND e.on_date >= p.began_on
            AND (p.ended_on IS NULL OR e.on_date <= p.ended_on)
    UNION ALL
    SELECT
        programme_id,
        partner_id,
        'all' AS phase,
        learner_key,
        enrolments,
        completions,
        projects,
        learner_started,
        seconds_measured,
        seconds_estimated,
        seconds_attested
    FROM events
),

persons AS (
    SELECT
        programme_id,
        partner_id,
        phase,
        learner_key,
        max(CASE WHEN p.learner_started IS NULL THEN 0 ELSE 1 END) AS reached,
        sum(p.enrolments) AS enrolments,
        sum(p.completions) AS completions,
        sum(p.projects) AS projects,
        sum(p.seconds_measured) AS seconds_measured,
        sum(p.seconds_estimated) AS seconds_estimated,
        sum(p.seconds_attested) AS seconds_attested
    FROM phased AS p
    GROUP BY programme_id, partner_id, phase, learner_key
)

SELECT
    programme_id,
    partner_id,
    phase,
    count(*) AS learners,
    cast(sum(o.reached) AS bigint) AS learners_reached,
    cast(sum(o.enrolments) AS bigint) AS enrolments,
    cast(sum(o.completions) AS bigint) AS completions,
    cast(sum(o.completions) - sum(o.projects) AS bigint) AS courses_completed,
    cast(sum(o.projects) AS bigint) AS projects_completed,
    cast(sum(o.seconds_measured) AS double) / 3600 AS hours_measured,
    cast(sum(o.seconds_estimated) AS double) / 3600 AS hours_estimated,
    cast(sum(o.seconds_attested) AS double) / 3600 AS hours_attested,
    count(coalesce(o.seconds_measured, o.seconds_estimated, o.seconds_attested)) AS learners_with_hours,
    greatest(
        cast(max(o.seconds_measured) AS double) / nullif(cast(sum(o.seconds_measured) AS double), 0),
        cast(max(o.seconds_estimated) AS double) / nullif(cast(sum(o.seconds_estimated) AS double), 0),
        cast(max(o.seconds_attested) AS double) / nullif(cast(sum(o.seconds_attested) AS double), 0)
    ) AS largest_share_of_hours
FROM persons AS o
GROUP BY programme_id, partner_id, phase
ORDER BY programme_id, partner_id, phase
