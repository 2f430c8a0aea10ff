-- title: A request for recognition once in each total: of a programme, a partner, all programmes for refugees, all programmes
-- grain: one row per programme (or for_refugees, or all), partner (or all), learner and request
-- column programme_id VARCHAR: programme, for_refugees, or all but rehearsals
-- column partner_id VARCHAR: partner, or all
-- column learner_key VARCHAR: learner of the partner; for all, person linked across partners
-- column university VARCHAR: who was asked
-- column country_iso3 VARCHAR: its country, or unknown
-- column credential VARCHAR: what was to be recognised
-- column decision VARCHAR: recognised, refused or pending
-- column reason VARCHAR: of a refusal
-- column requested_on DATE: day of the request
-- column decided_on DATE: day of the decision, NULL while pending
-- column transferred_on DATE: day of transfer, NULL where none
-- column ects_requested DOUBLE: credits asked for
-- column ects_awarded DOUBLE: credits awarded
-- column as_of_on DATE: day of the list
WITH lists AS (
    SELECT
        t.total_programme_id AS programme_id,
        CASE WHEN t.is_of_all_partners THEN 'all' ELSE r.partner_id END AS partner_id,
        CASE WHEN t.is_of_all_partners THEN coalesce(i.person_key, r.learner_key) ELSE r.learner_key END AS learner_key,
        r.university,
        r.country_iso3,
        r.credential,
        r.requested_on,
        r.decision,
        r.reason,
        r.decided_on,
        r.transferred_on,
        r.ects_requested,
        r.ects_awarded,
        r.as_of_on
    FROM fct_recognition AS r
    INNER JOIN int_total AS t ON r.programme_id = t.programme_id
    LEFT JOIN int_identity AS i ON r.learner_key = i.email_key AND r.partner_id = i.partner_id
),

requests AS (
    SELECT
        programme_id,
        partner_id,
        learner_key,
        university,
        country_iso3,
        credential,
        requested_on,
        max(r.decision) FILTER (WHERE r.decision = 'recognised') AS recognised,
        max(r.decision) AS furthest,
        max(r.reason) AS reason,
        min(r.decided_on) FILTER (WHERE r.decision = 'recognised') AS recognised_on,
        max(r.decided_on) AS decided_on,
        min(r.transferred_on) AS transferred_on,
        max(r.ects_requested) AS ects_requested,
        max(r.ects_awarded) AS ects_awarded,
        max(r.as_of_on) AS as_of_on
    FROM lists AS r
    GROUP BY programme_id, partner_id, learner_key, university, country_iso3, credential, requested_on
)

SELECT
    programme_id,
    partner_id,
    learner_key,
    university,
    country_iso3,
    credential,
    coalesce(recognised, furthest) AS decision,
    CASE WHEN recognised IS NULL THEN reason END AS reason,
    requested_on,
    coalesce(recognised_on, decided_on) AS decided_on,
    transferred_on,
    ects_requested,
    ects_awarded,
    as_of_on
FROM requests
ORDER BY programme_id, partner_id, university, country_iso3, credential, requested_on, learner_key
