-- title: Figures as stated publicly, each with its source
-- grain: one row per statement
-- column on_date DATE: day of the statement, NULL where not stated
-- column period VARCHAR: date as the source gives it
-- column programme_id VARCHAR: programme it is about
-- column publisher VARCHAR: who states it
-- column metric VARCHAR: what is counted
-- column value BIGINT: the figure, NULL where the statement has none
-- column unit VARCHAR: what one is
-- column share DOUBLE: share stated beside it, 0 to 1
-- column countries_closed BIGINT: countries stated beside it
-- column as_stated VARCHAR: the figures in the statement's own notation
-- column source VARCHAR: where it was read
SELECT
    on_date,
    period,
    programme_id,
    publisher,
    metric,
    value,
    unit,
    share,
    countries_closed,
    as_stated,
    source
FROM ref_published_figures
ORDER BY programme_id, period, metric, source
