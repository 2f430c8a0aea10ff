-- title: What did programmes state publicly about the people they reached?
-- grain: one row per statement with a day and a figure of people
-- param $programme_id VARCHAR: programme, for_refugees for all that serve refugees, or NULL for all
-- column on_date DATE: day of the statement
-- column programme_id VARCHAR: programme
-- column people BIGINT: as stated
-- column as_stated VARCHAR: in the statement's own notation
-- column source VARCHAR: where it was read
SELECT
    f.on_date,
    f.programme_id,
    f.value AS people,
    f.as_stated,
    f.source
FROM fct_published_figure AS f
INNER JOIN dim_programme AS p ON f.programme_id = p.programme_id
WHERE
    f.on_date IS NOT NULL
    AND f.unit IN ('people', 'learners')
    AND fragment.programme_filter(f, p)
ORDER BY f.on_date, f.programme_id
