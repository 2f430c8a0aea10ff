-- title: Names of organisations as lists write them, with the organisation confirmed for each
-- grain: one row per capture and written name
-- column captured_on DATE: day of the file
-- column is_newest BOOLEAN: of the newest file that has this written id
-- column written_id VARCHAR: id made from the name as written
-- column written_name VARCHAR: name as a list writes it
-- column organisation_id VARCHAR: id of the organisation
-- column organisation VARCHAR: its name as shown
-- column provenance VARCHAR: published, reported or demo
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY written_id) AS is_newest,
    written_id,
    written_name,
    organisation_id,
    organisation,
    provenance
FROM raw_organisation_names
ORDER BY captured_on, written_id, written_name, organisation_id, organisation
