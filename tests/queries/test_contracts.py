"""Does every header tell the truth, and does some page ask every question?"""

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from dashboard.settings import PROJECT
from dashboard.store.releases import open_release
from dashboard.warehouse.answers import Answers
from dashboard.warehouse.catalog import layer, metrics, questions

QUESTIONS = list(questions().values())
ids = pytest.mark.parametrize("query", QUESTIONS, ids=lambda query: query.name)

# Names, parameters and columns of these are fixed: scripts of others call them.
FIXED = {
    "school_closures/world_on_date": (
        ["on_date", "as_captured_on"],
        "on_date captured_on countries_closed countries_partial countries_on_break countries_open learners_affected "
        "learners_total share_affected enrolment_vintage countries_without_enrolment",
    ),
    "school_closures/status_by_country": (["on_date", "as_captured_on"], "country_iso3 country status learners"),
    "school_closures/weeks_by_country": (
        ["from_date", "to_date", "as_captured_on"],
        "country_iso3 country weeks_closed weeks_partial weeks_on_break",
    ),
    "school_closures/affected_by_level": (
        ["on_date", "as_captured_on"],
        "level sex learners_affected learners_total",
    ),
    "reach_map/refugees_by_host": (["year"], "country_iso3 country refugees"),
}


@pytest.fixture(scope="module")
def answers(small_store):
    answers = Answers(open_release(small_store).marts)
    yield answers
    answers.close()


@ids
def test_columns_and_types_are_those_duckdb_finds(query, answers):
    assert answers.describe(query) == [(column.name, column.type) for column in query.columns]


@ids
def test_parameters_are_those_the_sql_uses(query):
    assert set(re.findall(r"\$([a-z][a-z0-9_]*)", query.sql)) == {param.name for param in query.params}


@ids
def test_a_question_has_an_order_a_grain_and_at_most_four_steps(query):
    tree = sqlglot.parse_one(query.sql, read="duckdb")
    assert tree.args.get("order"), "no ORDER BY"
    assert query.grain and query.title.endswith("?")
    assert len(list(tree.find_all(exp.CTE))) <= 4


@ids
def test_metrics_a_question_names_exist(query):
    assert set(query.metrics) <= metrics().keys()


@ids
def test_some_page_asks_every_question(query):
    folders = (PROJECT / "dashboard" / "pages", PROJECT / "dashboard" / "components")
    text = "".join(path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("*.py"))
    assert f'"{query.name}"' in text


@pytest.mark.parametrize("name", FIXED)
def test_contract_questions_keep_their_parameters_and_columns(name):
    params, columns = FIXED[name]
    assert [param.name for param in questions()[name].params] == params
    assert [column.name for column in questions()[name].columns] == columns.split()


@pytest.mark.parametrize("mart", layer("marts"), ids=lambda mart: mart.name)
def test_marts_hold_the_columns_their_headers_name(mart, small_store):
    import pyarrow.parquet as pq

    kinds = {"string": "VARCHAR", "int64": "BIGINT", "double": "DOUBLE", "bool": "BOOLEAN", "date32[day]": "DATE"}
    schema = pq.read_schema(open_release(small_store).marts[mart.name])
    assert [(f.name, kinds[str(f.type)]) for f in schema] == [(column.name, column.type) for column in mart.columns]


def test_pages_hold_no_sql_and_no_function():
    for path in (PROJECT / "dashboard" / "pages").glob("*.py"):
        text = Path(path).read_text(encoding="utf-8")
        assert not re.search(r"\bSELECT\b|^def |\blambda\b.*\+", text, re.MULTILINE), path.name
