"""The portable subset: what the lint refuses, and that every staging, mart and check file keeps to it."""

import pytest

from dashboard.warehouse.catalog import layer
from dashboard.warehouse.portable import complaints

FILES = [query for kind in ("staging", "marts", "checks") for query in layer(kind)]

# Each is silently different, or fails, on one of the two engines.
REFUSED = [
    "SELECT a FROM t",
    "SELECT * FROM t ORDER BY a",
    "SELECT a FROM t ORDER BY ALL",
    "SELECT a, count(*) AS n FROM t GROUP BY ALL ORDER BY a",
    "SELECT a / b AS q FROM t ORDER BY q",
    "SELECT a * 1.5 AS q FROM t ORDER BY q",
    "SELECT cast(a AS decimal(10, 2)) AS q FROM t ORDER BY q",
    "SELECT cast(a / 2 AS bigint) AS q FROM t ORDER BY q",
    "SELECT d + INTERVAL 1 DAY AS q FROM t ORDER BY q",
    "SELECT date_trunc('month', d) AS q FROM t ORDER BY q",
    "SELECT date_diff('month', a, b) AS q FROM t ORDER BY q",
    "SELECT strftime(d, '%A') AS q FROM t ORDER BY q",
    "SELECT t.a FROM t JOIN u USING (a) ORDER BY t.a",
    "SELECT t.a FROM t NATURAL JOIN u ORDER BY t.a",
    "SELECT t.a FROM t ASOF JOIN u ON t.a >= u.a ORDER BY t.a",
    "SELECT DISTINCT ON (a) a, b FROM t ORDER BY a",
    "SELECT row_number() OVER (PARTITION BY a) AS n FROM t ORDER BY n",
    "SELECT sum(a) OVER (ORDER BY a RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS n FROM t ORDER BY n",
    "SELECT list(a) AS n FROM t ORDER BY n",
    "SELECT string_agg(a, ',') AS n FROM t ORDER BY n",
    "SELECT sum(a) AS a FROM t ORDER BY a",
    "SELECT a + 1 AS b, b + 1 AS c FROM t ORDER BY b",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) AS n FROM t ORDER BY n",
    "SELECT a FROM t UNION BY NAME SELECT a FROM u ORDER BY a",
    "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM r WHERE a < 3) SELECT a FROM r ORDER BY a",
    "SELECT a FROM t ORDER BY a; SELECT b FROM t ORDER BY b",
    "CREATE TABLE x AS SELECT 1",
    "SELECT FROM WHERE",
]


@pytest.mark.parametrize("sql", REFUSED)
def test_what_engines_do_differently_is_refused(sql):
    assert complaints(sql)


@pytest.mark.parametrize("query", FILES, ids=lambda query: query.name)
def test_every_file_that_both_engines_run_keeps_to_the_subset(query):
    assert complaints(query.sql) == []


def test_the_subset_is_wide_enough_to_work_with():
    sql = """
        WITH spell AS (
            SELECT k, d, lead(d) OVER (PARTITION BY k ORDER BY d) AS next_d FROM t
        )
        SELECT s.k, count(*) FILTER (WHERE s.d IS NOT NULL) AS n, sum(s.v) / nullif(count(*), 0) AS mean_v,
               date_diff('day', cast(s.d AS date), cast(s.next_d AS date)) AS days
        FROM spell AS s LEFT JOIN u ON s.k = u.k
        GROUP BY GROUPING SETS ((s.k, s.d, s.next_d), (s.k))
        ORDER BY s.k
    """
    assert complaints(sql) == []
