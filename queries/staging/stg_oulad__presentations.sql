-- title: Course presentations of the Open University's dataset
-- grain: one row per capture and presentation
-- column captured_on DATE: day of the file
-- column is_newest BOOLEAN: of the newest file
-- column code_module VARCHAR: module
-- column code_presentation VARCHAR: year, and B for February or J for October
-- column length_days BIGINT: from the start to the end
-- column provenance VARCHAR: published
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY record) AS is_newest,
    code_module,
    code_presentation,
    length_days,
    provenance
FROM raw_oulad
WHERE record = 'presentation'
ORDER BY captured_on, code_module, code_presentation, length_days
