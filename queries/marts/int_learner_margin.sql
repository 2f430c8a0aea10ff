-- title: A learner once in each total: of a programme, a partner, all programmes for refugees, all programmes
-- grain: one row per programme (or for_refugees, or all), partner (or all) and learner
-- column programme_id VARCHAR: programme, for_refugees, or all but rehearsals
-- column partner_id VARCHAR: partner, or all
-- column learner_key VARCHAR: learner of the partner; for all, person linked across partners
-- column registered_on DATE: first of all journeys in this total, as are the steps below
-- column enrolled_on DATE: step
-- column started_on DATE: step
-- column active_on DATE: step
-- column completed_on DATE: step
-- column credential_on DATE: step
-- column recognised_on DATE: step
-- column reached_on DATE: first learning event
-- column last_activity_on DATE: last learning event
-- column withdrawn_on DATE: left, NULL while in one of the programmes
-- column as_of_on DATE: day of the newest file that tells of the learner
-- column hub_id VARCHAR: a learning hub at which she is registered, NULL where none
-- column country_host VARCHAR: ISO 3166 alpha-3, or unknown; this and what follows as the partner's files have it, for all as everybody's have it
-- column country_origin VARCHAR: ISO 3166 alpha-3, or unknown
-- column sex VARCHAR: female, male, other or not reported
-- column age_band VARCHAR: band of years, or not reported
-- column education VARCHAR: highest level, or not reported
WITH journeys AS (
    SELECT
        t.total_programme_id AS programme_id,
        CASE WHEN t.is_of_all_partners THEN 'all' ELSE j.partner_id END AS partner_id,
        CASE WHEN t.is_of_all_partners THEN coalesce(i.person_key, j.learner_key) ELSE j.learner_key END AS learner_key,
        j.registered_on,
        j.enrolled_on,
        j.started_on,
        j.active_on,
        j.completed_on,
        j.credential_on,
        j.recognised_on,
        j.reached_on,
        j.last_activity_on,
        j.withdrawn_on,
        j.as_of_on,
        j.hub_id
    FROM fct_journey AS j
    INNER JOIN int_total AS t ON j.programme_id = t.programme_id
    LEFT JOIN int_identity AS i ON j.learner_key = i.email_key AND j.partner_id = i.partner_id
),

totals AS (
    SELECT
        programme_id,
        partner_id,
        learner_key,
        min(j.registered_on) AS registered_on,
        min(j.enrolled_on) AS enrolled_on,
        min(j.started_on) AS started_on,
        min(j.active_on) AS active_on,
        min(j.completed_on) AS completed_on,
        min(j.credential_on) AS credential_on,
        min(j.recognised_on) AS recognised_on,
        min(j.reached_on) AS reached_on,
        max(j.last_activity_on) AS last_activity_on,
        CASE WHEN count(*) = count(j.withdrawn_on) THEN max(j.withdrawn_on) END AS withdrawn_on,
        max(j.as_of_on) AS as_of_on,
        min(j.hub_id) AS hub_id
    FROM journeys AS j
    GROUP BY programme_id, partner_id, learner_key
)

SELECT
    m.programme_id,
    m.partner_id,
    m.learner_key,
    m.registered_on,
    m.enrolled_on,
    m.started_on,
    m.active_on,
    m.completed_on,
    m.credential_on,
    m.recognised_on,
    m.reached_on,
    m.last_activity_on,
    m.withdrawn_on,
    m.as_of_on,
    m.hub_id,
    coalesce(p.country_host, 'unknown') AS country_host,
    coalesce(p.country_origin, 'unknown') AS country_origin,
    coalesce(p.sex, 'not reported') AS sex,
    coalesce(p.age_band, 'not reported') AS age_band,
    coalesce(p.education, 'not reported') AS education
FROM totals AS m
LEFT JOIN int_learner AS p ON m.partner_id = p.partner_id AND m.learner_key = p.learner_key
ORDER BY m.programme_id, m.partner_id, m.learner_key
