-- title: Who left a programme, as its register or its list of members has it
-- grain: one row per learner, partner and programme
-- column learner_key VARCHAR: learner, as this partner's files alone know her
-- column partner_id VARCHAR: who reports
-- column programme_id VARCHAR: programme
-- column left_on DATE: day of leaving; where only the list of members tells, the last day seen
WITH gone AS (
    SELECT
        coalesce(r.id_key, i.learner_key, r.email_key) AS learner_key,
        r.partner_id,
        r.programme_id,
        r.withdrawn_on AS gone_on
    FROM stg_partner_learners__register AS r
    LEFT JOIN int_identity AS i ON r.email_key = i.email_key AND r.partner_id = i.partner_id
    WHERE r.is_newest AND r.withdrawn_on IS NOT NULL
    UNION ALL
    SELECT
        coalesce(m.id_key, i.learner_key, m.email_key) AS learner_key,
        m.partner_id,
        m.programme_id,
        coalesce(m.last_activity_on, m.joined_on, m.captured_on) AS gone_on
    FROM stg_coursera_membership__members AS m
    LEFT JOIN int_identity AS i ON m.email_key = i.email_key AND m.partner_id = i.partner_id
    WHERE m.is_newest AND m.member_state = 'left'
)

SELECT
    learner_key,
    partner_id,
    programme_id,
    max(gone_on) AS left_on
FROM gone
GROUP BY learner_key, partner_id, programme_id
ORDER BY programme_id, partner_id, learner_key
