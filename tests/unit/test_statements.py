"""A question is parsed once for all databases: each answers from its own rows, with the values that were asked with."""

from concurrent.futures import ThreadPoolExecutor

from dashboard.warehouse import duckdb
from dashboard.warehouse.duckdb import DuckEngine

VIEWS = {
    "alder": "SELECT 'alder' AS partner, range AS number FROM range(3)",
    "birch": "SELECT 'birch' AS partner, range AS number FROM range(3)",
}
SQL = "SELECT partner, $most AS most FROM learners WHERE number < $most ORDER BY ALL"


def opened(partner):
    engine = DuckEngine()
    engine.view("learners", VIEWS[partner])
    return engine


def test_each_database_answers_from_its_own_rows(monkeypatch):
    monkeypatch.setattr(duckdb, "_statements", {})
    engines = {partner: opened(partner) for partner in VIEWS}

    def asked(turn):
        partner, most = ("alder", "birch")[turn % 2], turn % 5
        rows = engines[partner].ask(SQL, {"most": most}).to_pylist()
        return rows == [{"partner": partner, "most": most}] * min(most, 3)

    with ThreadPoolExecutor(4) as readers:
        assert all(readers.map(asked, range(200)))
    assert list(duckdb._statements) == [SQL]
    engines.pop("alder").close()
    assert asked(1), "the statement outlives the database for which it was parsed"


def test_no_more_is_remembered_than_questions_need(monkeypatch):
    monkeypatch.setattr(duckdb, "_statements", {})
    monkeypatch.setattr(duckdb, "MOST_STATEMENTS", 2)
    engine = opened("alder")
    assert [engine.ask(f"SELECT {n} AS n", {}).to_pylist() for n in range(5)] == [[{"n": n}] for n in range(5)]
    assert len(duckdb._statements) == 2
