-- title: Members as partners export them from Coursera
-- grain: one row per capture and member as exported
-- column captured_on DATE: day of the export
-- column is_newest BOOLEAN: of the newest export of this partner's programme
-- column id_key VARCHAR: key of the partner's id of the learner, NULL where blank
-- column email_key VARCHAR: key of the e-mail address, NULL where blank
-- column partner_id VARCHAR: who reports
-- column programme_id VARCHAR: programme
-- column member_state VARCHAR: member, invited or left
-- column joined_on DATE: day of joining, NULL while only invited
-- column last_activity_on DATE: last activity of any kind
-- column country_host VARCHAR: ISO 3166 alpha-3, or unknown
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY partner_id, programme_id) AS is_newest,
    id_key,
    email_key,
    partner_id,
    programme_id,
    member_state,
    joined_on,
    last_activity_on,
    country_host,
    provenance
FROM raw_coursera_membership
ORDER BY captured_on, partner_id, programme_id, id_key, email_key, joined_on, member_state, last_activity_on, country_host
