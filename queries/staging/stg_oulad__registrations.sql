-- title: Registrations of the Open University's dataset
-- grain: one row per capture, student and presentation
-- column captured_on DATE: day of the file
-- column is_newest BOOLEAN: of the newest file
-- column learner_key VARCHAR: key of the student's number
-- column code_module VARCHAR: module
-- column code_presentation VARCHAR: year, and B for February or J for October
-- column began_on DATE: the publisher names only the month of the start, so its first day
-- column registered_day BIGINT: days from the start, negative before it, NULL where blank
-- column unregistered_day BIGINT: likewise, NULL for students who stayed
-- column provenance VARCHAR: published
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY record) AS is_newest,
    id_key AS learner_key,
    code_module,
    code_presentation,
    cast(concat(left(code_presentation, 4), CASE right(code_presentation, 1) WHEN 'B' THEN '-02-01' ELSE '-10-01' END) AS date)
        AS began_on,
    registered_day,
    unregistered_day,
    provenance
FROM raw_oulad
WHERE record = 'registration'
ORDER BY captured_on, code_module, code_presentation, learner_key, registered_day, unregistered_day
