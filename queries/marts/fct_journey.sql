-- title: Journeys of learners: the day on which each step was reached
-- grain: one row per learner, programme and partner that reports
-- column learner_key VARCHAR: learner, as this partner's files alone know her; so are all columns below
-- column programme_id VARCHAR: programme
-- column partner_id VARCHAR: who reports
-- column registered_on DATE: member of the programme, on the partner's register, or enrolled
-- column enrolled_on DATE: first enrolment in a course
-- column started_on DATE: first day of a course with a learning event
-- column active_on DATE: seven days after the start for learners seen again by then, or the first completion
-- column completed_on DATE: first course completed
-- column credential_on DATE: first credential
-- column recognised_on DATE: first credential recognised by a university
-- column last_activity_on DATE: last learning event seen
-- column withdrawn_on DATE: day of leaving: as register or list of members has it, or when every course was left; NULL while under way
-- column reached_on DATE: first learning event: the start of a course, never a registration alone
-- column hub_id VARCHAR: learning hub, NULL where none
-- column country_host VARCHAR: ISO 3166 alpha-3, or unknown
-- column country_origin VARCHAR: ISO 3166 alpha-3, or unknown
-- column sex VARCHAR: female, male, other or not reported
-- column age_band VARCHAR: band of years, or not reported
-- column education VARCHAR: highest level, or not reported
-- column intends_to_finish BOOLEAN: said so, NULL where not asked
-- column as_of_on DATE: day of the newest file that tells of the learner
-- column provenance VARCHAR: published, reported or demo
WITH told AS (
    SELECT
        learner_key,
        programme_id,
        partner_id,
        enrolled_on AS registered_on,
        enrolled_on,
        started_on,
        last_activity_on,
        completed_on,
        cast(NULL AS date) AS credential_on,
        cast(NULL AS date) AS recognised_on,
        withdrawn_on,
        CASE WHEN outcome = 'in progress' THEN 1 ELSE 0 END AS open_runs,
        cast(NULL AS varchar) AS hub_id,
        as_of_on,
        provenance
    FROM fct_course_run
    UNION ALL
    SELECT
        coalesce(m.id_key, i.learner_key, m.email_key) AS learner_key,
        m.programme_id,
        m.partner_id,
        m.joined_on AS registered_on,
        NULL AS enrolled_on,
        NULL AS started_on,
        NULL AS last_activity_on,
        NULL AS completed_on,
        NULL AS credential_on,
        NULL AS recognised_on,
        NULL AS withdrawn_on,
        0 AS open_runs,
        NULL AS hub_id,
        m.captured_on AS as_of_on,
        m.provenance
    FROM stg_coursera_membership__members AS m
    LEFT JOIN int_identity AS i ON m.email_key = i.email_key AND m.partner_id = i.partner_id
    WHERE m.is_newest AND m.joined_on IS NOT NULL
    UNION ALL
    SELECT
        coalesce(r.id_key, i.learner_key, r.email_key) AS learner_key,
        r.programme_id,
        r.partner_id,
        r.registered_on,
        NULL AS enrolled_on,
        NULL AS started_on,
        NULL AS last_activity_on,
        NULL AS completed_on,
        NULL AS credential_on,
        NULL AS recognised_on,
        NULL AS withdrawn_on,
        0 AS open_runs,
        r.hub_id,
        r.captured_on AS as_of_on,
        r.provenance
    FROM stg_partner_learners__register AS r
    LEFT JOIN int_identity AS i ON r.email_key = i.email_key AND r.partner_id = i.partner_id
    WHERE r.is_newest
    UNION ALL
    SELECT
        learner_key,
        programme_id,
        partner_id,
        NULL AS registered_on,
        NULL AS enrolled_on,
        NULL AS started_on,
        NULL AS last_activity_on,
        NULL AS completed_on,
        issued_on AS credential_on,
        NULL AS recognised_on,
        NULL AS withdrawn_on,
        0 AS open_runs,
        NULL AS hub_id,
        as_of_on,
        provenance
    FROM fct_credential
    UNION ALL
    SELECT
        learner_key,
        programme_id,
        partner_id,
        requested_on AS registered_on,
        NULL AS enrolled_on,
        NULL AS started_on,
        NULL AS last_activity_on,
        NULL AS completed_on,
        NULL AS credential_on,
        CASE WHEN decision = 'recognised' THEN decided_on END AS recognised_on,
        NULL AS withdrawn_on,
        0 AS open_runs,
        NULL AS hub_id,
        as_of_on,
        provenance
    FROM fct_recognition
),

steps AS (
    SELECT
        learner_key,
        programme_id,
        partner_id,
        min(t.registered_on) AS registered_on,
        min(t.enrolled_on) AS enrolled_on,
        min(t.started_on) AS started_on,
        max(t.last_activity_on) AS last_activity_on,
        min(t.completed_on) AS completed_on,
        min(t.credential_on) AS credential_on,
        min(t.recognised_on) AS recognised_on,
        CASE WHEN sum(t.open_runs) = 0 THEN max(t.withdrawn_on) END AS withdrawn_on,
        min(t.hub_id) AS hub_id,
        max(t.as_of_on) AS as_of_on,
        max(t.provenance) AS provenance
    FROM told AS t
    GROUP BY learner_key, programme_id, partner_id
),

seen_again AS (
    SELECT
        learner_key,
        programme_id,
        partner_id,
        registered_on,
        enrolled_on,
        started_on,
        last_activity_on,
        completed_on,
        credential_on,
        recognised_on,
        withdrawn_on,
        hub_id,
        as_of_on,
        provenance,
        CASE
            WHEN last_activity_on >= started_on + 7 THEN least(started_on + 7, coalesce(completed_on, started_on + 7))
            ELSE completed_on
        END AS active_on
    FROM steps
)

-- A later step implies the earlier ones, also where a file left them out.
SELECT
    s.learner_key,
    s.programme_id,
    s.partner_id,
    least(
        s.registered_on, s.enrolled_on, s.started_on, s.active_on, s.completed_on, s.credential_on, s.recognised_on
    ) AS registered_on,
    least(s.enrolled_on, s.started_on, s.active_on, s.completed_on, s.credential_on, s.recognised_on) AS enrolled_on,
    least(s.started_on, s.active_on, s.completed_on, s.credential_on, s.recognised_on) AS started_on,
    least(s.active_on, s.completed_on, s.credential_on, s.recognised_on) AS active_on,
    least(s.completed_on, s.credential_on, s.recognised_on) AS completed_on,
    least(s.credential_on, s.recognised_on) AS credential_on,
    s.recognised_on,
    s.last_activity_on,
    coalesce(l.left_on, s.withdrawn_on) AS withdrawn_on,
    least(s.started_on, s.completed_on, s.credential_on) AS reached_on,
    s.hub_id,
    coalesce(p.country_host, 'unknown') AS country_host,
    coalesce(p.country_origin, 'unknown') AS country_origin,
    coalesce(p.sex, 'not reported') AS sex,
    coalesce(p.age_band, 'not reported') AS age_band,
    coalesce(p.education, 'not reported') AS education,
    p.intends_to_finish,
    s.as_of_on,
    s.provenance
FROM seen_again AS s
LEFT JOIN int_learner AS p ON s.learner_key = p.learner_key AND s.partner_id = p.partner_id
LEFT JOIN int_left AS l
    ON s.learner_key = l.learner_key AND s.partner_id = l.partner_id AND s.programme_id = l.programme_id
ORDER BY s.programme_id, s.partner_id, s.learner_key
