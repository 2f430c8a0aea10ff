-- title: Organisations in activities: who leads, who supports, what each claims, and its equal part
-- grain: one row per activity in a country for an audience, and organisation
-- column activity_key VARCHAR: the activity
-- column partner_id VARCHAR: who: its id, NULL where no organisation is named
-- column member VARCHAR: its name as shown
-- column member_type VARCHAR: private sector, multilateral, civil society, network, media, as reported, or not stated
-- column is_member BOOLEAN: it is on the register of members and had not left by the day of the list
-- column role VARCHAR: lead (one for each activity at most) or supporter
-- column people_claimed BIGINT: people that it counts as its own, else those it states as reached, else all whom the activity reached
-- column share_of_activity DOUBLE: 1 divided by the organisations in the activity, NULL where none is named
-- column learners_contributed_to BIGINT: learners that the activity reached directly; does not add up over organisations
-- column fractional_learners DOUBLE: its equal part of them; adds up to them
-- column learners_claimed BIGINT: people_claimed where learners reached directly are known, else NULL
-- column provenance VARCHAR: published, reported or demo
WITH claimed AS (
    SELECT
        o.activity_key,
        CASE WHEN o.organisation <> 'not stated' THEN o.partner_id END AS partner_id,
        o.organisation,
        o.member_type,
        o.is_member,
        CASE WHEN o.partner_id = a.lead_id THEN 'lead' ELSE 'supporter' END AS role,
        coalesce(o.people_claimed, a.people_direct) AS people_claimed,
        a.organisations,
        a.learners_direct,
        o.provenance
    FROM int_activity_organisation AS o
    INNER JOIN fct_activity_5w AS a ON o.activity_key = a.activity_key
)

SELECT
    activity_key,
    partner_id,
    organisation AS member,
    member_type,
    is_member,
    role,
    people_claimed,
    CASE WHEN partner_id IS NOT NULL THEN cast(1 AS double) / nullif(organisations, 0) END AS share_of_activity,
    learners_direct AS learners_contributed_to,
    CASE WHEN partner_id IS NOT NULL THEN cast(learners_direct AS double) / nullif(organisations, 0) END AS fractional_learners,
    CASE WHEN learners_direct IS NOT NULL THEN people_claimed END AS learners_claimed,
    provenance
FROM claimed
ORDER BY activity_key, partner_id, member
