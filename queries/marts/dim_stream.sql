-- title: Who reports which programme, and until when
-- grain: one row per programme and partner
-- column programme_id VARCHAR: programme
-- column programme VARCHAR: its name
-- column audience VARCHAR: refugees, others or rehearsal
-- column partner_id VARCHAR: who reports
-- column partner VARCHAR: its name, or its id where the reference does not have it
-- column as_of_on DATE: day of its newest file
-- column first_on DATE: first registration
-- column provenance VARCHAR: published, reported or demo
SELECT
    j.programme_id,
    p.programme,
    p.audience,
    j.partner_id,
    coalesce(max(r.partner), replace(j.partner_id, '_', ' ')) AS partner,
    max(j.as_of_on) AS as_of_on,
    min(j.registered_on) AS first_on,
    max(j.provenance) AS provenance
FROM fct_journey AS j
INNER JOIN dim_programme AS p ON j.programme_id = p.programme_id
LEFT JOIN ref_partners AS r ON j.partner_id = r.partner_id
GROUP BY j.programme_id, p.programme, p.audience, j.partner_id
ORDER BY programme_id, partner_id
