"""Does every header tell the truth, and does some page ask every question?"""

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlglot
from sqlglot import exp

from dashboard.access.viewer import STEWARD, open_answers
from dashboard.settings import PROJECT
from dashboard.store.releases import open_release
from dashboard.store.snapshots import pinned
from dashboard.warehouse.answers import queried_tables
from dashboard.warehouse.build import build_marts
from dashboard.warehouse.catalog import layer, metrics, questions
from dashboard.warehouse.engines import open_engine

QUESTIONS = list(questions().values())
NUMBERS_IN_THE_GRAIN = {"day", "fifth", "horizon_days", "last_week", "quiet_days", "year", "step_order"}
FIGURES = {"days", "first_on"}
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
    "overview/headline": (
        ["on_date", "programme_id"],
        "on_date learners_reached unique_lower unique_upper countries credentials learners_with_credential "
        "partners hubs",
    ),
    "reach_map/learners_by_country": (
        ["by"],
        "country_iso3 country learners refugees_hosted learners_per_1000_refugees",
    ),
    "completion_funnel/learners_per_step": (
        ["partner_id", "programme_id", "country_host", "from_month", "to_month"],
        "step_order step learners share_of_previous share_of_first",
    ),
    "cohorts/completion_curve": (
        # The last two, added since, may be left out.
        ["programme_id", "partner_id", "cohort_month", "attribute", "attribute_value"],
        "cohort day at_risk completed withdrawn completion_share ci_low ci_high",
    ),
    "response_gaps/unserved": (
        # The last one, added since, may be left out.
        ["on_date", "level", "tier", "language"],
        "country_iso3 country learners_affected live_offers learners_unserved",
    ),
    "needs_and_offers/matches_for_need": (
        # The last one, added since, may be left out.
        ["need_id", "on_date"],
        "offer_id passes failed_gates score",
    ),
    "contributions/matrix": (["rows", "stage"], "row country_iso3 activities learners_direct learners_indirect"),
    "what_changed/waterfall": (
        # The last one, added since, may be left out.
        ["metric", "from_release", "to_release", "programme_id"],
        "step_order step value",
    ),
    "programmes/phases": (
        ["programme_id"],
        "phase seats learners hours_measured hours_estimated hours_attested courses guided_projects domains",
    ),
}


@pytest.fixture(scope="module")
def answers(small_store):
    answers = open_answers(STEWARD, open_release(small_store))
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
    text = "".join(path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.py"))
    assert f'"{query.name}"' in text


@pytest.mark.parametrize("name", FIXED)
def test_contract_questions_keep_their_parameters_and_columns(name):
    params, columns = FIXED[name]
    assert [param.name for param in questions()[name].params] == params
    assert [column.name for column in questions()[name].columns] == columns.split()


@pytest.fixture(scope="module")
def tables(small_store, tmp_path_factory):
    """Every mart and cube of the small store as a file, those between included."""
    folder = tmp_path_factory.mktemp("tables")
    (folder / "marts").mkdir()
    inputs = {source: [one.rows_file for one in chosen] for source, chosen in pinned(small_store).items()}
    engine = open_engine("")
    build_marts(engine, inputs, folder / "marts", folder / "scratch")
    engine.close()
    return {path.stem: path for path in folder.glob("*/*.parquet")}


@pytest.mark.parametrize("table", [*layer("marts"), *layer("cubes")], ids=lambda table: table.name)
def test_marts_and_cubes_hold_the_columns_their_headers_name(table, tables):
    kinds = {"string": "VARCHAR", "int64": "BIGINT", "double": "DOUBLE", "bool": "BOOLEAN", "date32[day]": "DATE"}
    schema = pq.read_schema(tables[table.name])
    assert [(f.name, kinds[str(f.type)]) for f in schema] == [(column.name, column.type) for column in table.columns]


def test_steps_between_and_rows_that_no_question_reads_stay_out_of_memory(small_store, answers):
    assert not [name for name in open_release(small_store).marts if name.startswith("int_")]
    held = answers._engine.ask("SELECT table_name FROM information_schema.tables ORDER BY table_name", {})
    held = set(held["table_name"].to_pylist())
    assert held == queried_tables()
    assert not held & {"fct_journey", "fct_course_run", "fct_credential", "fct_recognition"}


@pytest.mark.parametrize("cube", layer("cubes"), ids=lambda cube: cube.name)
def test_a_cube_has_one_row_for_each_combination(cube, tables):
    """Its text, dates, flags and the columns that its grain names tell every row apart."""
    told = [c.name for c in cube.columns if c.type in ("VARCHAR", "DATE", "BOOLEAN") and c.name not in FIGURES]
    keys = [*told, *[c.name for c in cube.columns if c.name in NUMBERS_IN_THE_GRAIN]]
    rows = pq.read_table(tables[cube.name], columns=keys).to_pylist()
    assert len({tuple(row.values()) for row in rows}) == len(rows)


def test_pages_hold_no_sql_and_no_function():
    for path in (PROJECT / "dashboard" / "pages").rglob("page.py"):
        text = Path(path).read_text(encoding="utf-8")
        assert not re.search(r"\bSELECT\b|^def |\blambda\b.*\+", text, re.MULTILINE), path.name
