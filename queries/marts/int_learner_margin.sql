-- title: A learner once in each total: of a programme, a partner, all programmes for refugees, all programmes
-- grain: one row per programme (or for_refugees, or all), partner (or all) and learner
-- column programme_id VARCHAR: programme, for_refugees, or all but rehearsals
-- column partner_id VARCHAR: partner, or all
-- column learner_key VARCHAR: learner
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
-- column country_host VARCHAR: ISO 3166 alpha-3, or unknown
-- column country_origin VARCHAR: ISO 3166 alpha-3, or unknown
-- column sex VARCHAR: female, male, other or not reported
-- column age_band VARCHAR: band of years, or not reported
-- column education VARCHAR: highest level, or not reported
SELECT
    t.total_programme_id AS programme_id,
    t.total_partner_id AS partner_id,
    j.learner_key,
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
    max(j.country_host) AS country_host,
    max(j.country_origin) AS country_origin,
    max(j.sex) AS sex,
    max(j.age_band) AS age_band,
    max(j.education) AS education
FROM fct_journey AS j
INNER JOIN int_total AS t ON j.programme_id = t.programme_id AND j.partner_id = t.partner_id
GROUP BY t.total_programme_id, t.total_partner_id, j.learner_key
ORDER BY programme_id, partner_id, learner_key
