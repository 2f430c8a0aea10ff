-- title: Students and outcomes of the Open University's dataset
-- grain: one row per capture, student and presentation
-- column captured_on DATE: day of the file
-- column is_newest BOOLEAN: of the newest file
-- column learner_key VARCHAR: key of the student's number
-- column code_module VARCHAR: module
-- column code_presentation VARCHAR: year, and B for February or J for October
-- column sex VARCHAR: female or male, NULL where neither
-- column education VARCHAR: highest level on entry, in the coalition's words
-- column final_result VARCHAR: Pass, Distinction, Fail or Withdrawn
-- column provenance VARCHAR: published
SELECT
    captured_on,
    captured_on = max(captured_on) OVER (PARTITION BY record) AS is_newest,
    id_key AS learner_key,
    code_module,
    code_presentation,
    sex,
    education,
    final_result,
    provenance
FROM raw_oulad
WHERE record = 'outcome'
ORDER BY captured_on, code_module, code_presentation, learner_key, final_result, sex, education
