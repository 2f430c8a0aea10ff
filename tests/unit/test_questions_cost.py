"""What keeps a question cheap changes none of its answers, and takes nothing from the limits of a sealed database."""

import threading

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard import session
from dashboard.access.viewer import STEWARD
from dashboard.warehouse import duckdb as warehouse
from dashboard.warehouse.duckdb import FEW_ROWS, NOT_WORTH_IT, DuckEngine, TookTooLong, write_shared
from dashboard.warehouse.engine import canonical

ENDLESS = "SELECT count(*) AS n FROM range(10000000) AS a, range(10000000) AS b WHERE (a.range + b.range) % 7 = 3"
KINDS = {
    "plain": "SELECT range AS n, 'x' || range AS word, range::integer AS small, range / 3 AS share, "
    "range % 2 = 0 AS is_even, DATE '2019-01-01' + range::integer AS on_date FROM range($rows)",
    "missing": "SELECT nullif(range, 0) AS n, nullif('x' || range, 'x0') AS word, NULL::date AS on_date, "
    "NULL::boolean AS is_even, nullif(range, 0)::double AS share FROM range($rows)",
    "more kinds": "SELECT sum(range) OVER () AS many, 1.5 AS tenths, [range] AS list, range::smallint AS small, "
    "TIMESTAMP '2019-01-01 12:00:00' AS at, NULL AS nothing FROM range($rows)",
    "days after 9999": "SELECT DATE '9999-12-31' + range::integer AS on_date FROM range($rows)",
}


@pytest.fixture
def engine():
    opened = DuckEngine()
    opened.seal([], [])
    yield opened
    opened.close()


@pytest.mark.parametrize("rows", [0, 1, FEW_ROWS - 1, FEW_ROWS, FEW_ROWS + 1])
@pytest.mark.parametrize("sql", KINDS.values(), ids=KINDS)
def test_values_that_are_fetched_are_those_of_a_copy(sql, rows, engine):
    with engine._connection.cursor() as cursor:
        copied = canonical(cursor.execute(sql, {"rows": rows}).to_arrow_table())
    answer = engine.ask(sql, {"rows": rows})
    assert answer.schema.equals(copied.schema) and answer.equals(copied) and answer.num_rows == rows


def test_what_is_no_number_is_not_missing(engine):
    assert repr(engine.ask("SELECT 'nan'::double AS share, NULL::double AS missing", {}).to_pylist()) == (
        "[{'share': nan, 'missing': None}]"
    )


def test_a_question_starts_no_thread(engine, monkeypatch):
    def refused(*_given):
        raise AssertionError("a thread costs a question more than its time")

    monkeypatch.setattr(threading.Thread, "start", refused)
    assert engine.ask("SELECT 1 AS n", {}).num_rows == 1


def test_loading_has_the_time_that_it_takes_and_a_question_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(warehouse, "QUERY_SECONDS", 0.05)
    file = tmp_path / "t.parquet"
    duckdb.sql("SELECT range AS n, hash(range)::varchar AS word FROM range(1000000)").write_parquet(str(file))
    engine = DuckEngine()
    engine.load("t", file)
    engine.seal([], [])
    assert engine.ask("SELECT max(n) AS n FROM t", {}).to_pylist() == [{"n": 999_999}]
    with pytest.raises(TookTooLong, match=r"longer than 0\.05 seconds"):
        engine.ask(ENDLESS, {})
    assert engine.ask("SELECT 1 AS n", {}).num_rows == 1
    engine.close()


@pytest.mark.parametrize(
    "setting",
    [
        "SET max_execution_time = 0",
        "SET SESSION max_execution_time = 0",
        "RESET max_execution_time",
        "SET disabled_optimizers = ''",
    ],
)
def test_a_sealed_database_gives_nobody_more_time(setting, engine):
    with engine._connection.cursor() as cursor, pytest.raises(duckdb.InvalidInputException, match="locked"):
        cursor.execute(setting)
    (row,) = engine.ask(
        "SELECT current_setting('max_execution_time') AS milliseconds, current_setting('threads') AS threads", {}
    ).to_pylist()
    assert row == {"milliseconds": 5000, "threads": 1}


def test_steps_of_planning_that_are_left_out_are_steps_of_this_duckdb(engine):
    known = engine.ask("SELECT name FROM duckdb_optimizers()", {})["name"].to_pylist()
    assert set(NOT_WORTH_IT) <= set(known)


def test_a_table_is_packed_in_memory_and_a_part_of_a_shared_one_is_passed_over(tmp_path):
    file, rows = tmp_path / "t.parquet", 200_000
    words = [f"{number // 10_000:03} programme" for number in range(rows)]
    pq.write_table(pa.table({"programme_id": words, "n": list(range(rows))}), file)
    engine = DuckEngine()
    engine.load("own", file)
    write_shared(tmp_path / "shared.duckdb", {"t": file})
    engine.read_shared(tmp_path / "shared.duckdb", ["t"])
    engine.seal([], [])
    held = engine.ask("SELECT sum(memory_usage_bytes)::bigint AS bytes FROM duckdb_memory()", {})["bytes"][0].as_py()
    assert held < rows * 8, "a number and a word of each row are 24 bytes unpacked"
    with engine._connection.cursor() as cursor:
        plan = cursor.execute("EXPLAIN ANALYZE SELECT sum(n) FROM t WHERE programme_id = '007 programme'").fetchall()
    assert "Row Groups Scanned: 2 / 25" in plan[0][1], "of 200,000 / 8,192 parts those of rows 70,000 to 79,999"
    engine.close()


def test_a_row_is_as_pandas_gives_it(monkeypatch):
    table = pa.table(
        {
            "n": pa.array([1, 2]),
            "few": pa.array([1, None]),
            "word": pa.array(["a", None]),
            "is_even": pa.array([True, False]),
            "share": pa.array([0.5, None]),
            "on_date": pa.array([pd.Timestamp("2019-01-01").date(), None]),
        }
    ).to_pandas(date_as_object=True)
    monkeypatch.setattr(session, "_in_words", lambda *_given: table)
    for number, expected in enumerate(table.to_dict("records"), 1):
        where = (("n", number),)
        row = session._row.__wrapped__(STEWARD, None, "overview/headline", (), where, "en")
        assert repr(row) == repr(expected) and [type(value) for value in row.values()] == [
            type(value) for value in expected.values()
        ]
