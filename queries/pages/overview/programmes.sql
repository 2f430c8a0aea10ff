-- title: Which programmes have learners?
-- grain: one row per programme
-- column programme_id VARCHAR: its id
-- column programme VARCHAR: its name
-- column audience VARCHAR "Audience" words(programme_audience): refugees, others or rehearsal
-- column as_of_on DATE: day of its newest file
-- column partners BIGINT: partners that report it
SELECT
    programme_id,
    max(programme) AS programme,
    max(audience) AS audience,
    max(as_of_on) AS as_of_on,
    count(*) AS partners
FROM dim_stream
GROUP BY programme_id
ORDER BY audience DESC, programme_id
