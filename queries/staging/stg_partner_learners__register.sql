-- title: Learners as their partners register them
-- grain: one row per capture, learner and programme as sent
-- column captured_on DATE: day of the register
-- column is_newest BOOLEAN: of the newest register of this partner's programme
-- column id_key VARCHAR: key of the partner's id of the learner, NULL where blank
-- column email_key VARCHAR: key of the e-mail address, NULL where blank
-- column partner_id VARCHAR: who reports
-- column programme_id VARCHAR: programme
-- column country_origin VARCHAR: ISO 3166 alpha-3, or unknown
-- column country_host VARCHAR: ISO 3166 alpha-3, or unknown
-- column sex VARCHAR: female, male, other or not reported
-- column age_band VARCHAR: band of years, or not reported
-- column education VARCHAR: highest level, or not reported
-- column registered_on DATE: day of registration
-- column withdrawn_on DATE: day of leaving, NULL while in the programme
-- column hub_id VARCHAR: learning hub, NULL where none
-- column intends_to_finish BOOLEAN: said so at the start, NULL where not asked
-- column hours DOUBLE: learning hours reported, NULL where none are
-- column hours_basis VARCHAR: measured, estimated or attested
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY partner_id, programme_id) AS is_newest,
    id_key,
    email_key,
    partner_id,
    programme_id,
    country_origin,
    country_host,
    sex,
    age_band,
    education,
    registered_on,
    withdrawn_on,
    hub_id,
    intends_to_finish,
    hours,
    hours_basis,
    provenance
FROM raw_partner_learners
ORDER BY
    captured_on, partner_id, programme_id, id_key, email_key, registered_on, country_origin, country_host, sex, age_band, education,
    withdrawn_on, hub_id, hours, hours_basis, intends_to_finish
