-- title: Which years are in UNHCR's file?
-- grain: one row per year, latest first
-- column year BIGINT: people were counted at its end
SELECT DISTINCT year
FROM fct_refugees
ORDER BY year DESC
