"""Every staging, mart, cube and check file gives the same rows on DuckDB and on Sail (Spark's protocol).

The small store's marts, cubes and checks are compared as a whole release that each engine wrote; with
COALITION_FULL_TESTS=1 each of its files is asked for by itself too.
"""

import datetime
import os
import shutil
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql.connect.dataframe import DataFrame

from dashboard.settings import SettingWrong
from dashboard.store.releases import open_release, publish_release
from dashboard.store.snapshots import pinned
from dashboard.warehouse.build import build_marts
from dashboard.warehouse.catalog import layer, sources
from dashboard.warehouse.engine import checked_params
from dashboard.warehouse.engines import open_engine
from dashboard.warehouse.schema import snapshot_schema
from dashboard.warehouse.spark_failures import EngineRefused
from tests.same_rows import difference, differences

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
CASES = (*(["small"] if FULL else []), "empty", "adversarial")
FILES = (*layer("staging"), *layer("marts"), *layer("cubes"), *layer("checks"))
DAY = datetime.date


@pytest.fixture(scope="module")
def built(sail, small_store, tmp_path_factory):
    """The marts and checks of every case on both engines, as Arrow tables."""
    tables = {}
    for case in CASES:
        inputs = _inputs(case, small_store, tmp_path_factory)
        for name, address in (("duckdb", ""), ("sail", sail)):
            folder = tmp_path_factory.mktemp(f"{case}-{name}")
            (folder / "marts").mkdir()
            engine = open_engine(address, folder / "spill")  # one that builds has no limit of seconds
            try:
                build_marts(engine, inputs, folder / "marts", folder / "scratch")
                for query in FILES:
                    written = folder / "marts" / f"{query.name}.parquet"
                    # What was built is there to be read; the rest is asked, once.
                    found = pq.read_table(written) if written.exists() else engine.ask(query.sql, {})
                    tables[case, name, query.name] = found
            finally:
                engine.close()
    return tables


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("query", FILES, ids=lambda query: query.name)
def test_both_engines_find_the_same_rows(query, case, built):
    assert not difference(built[case, "duckdb", query.name], built[case, "sail", query.name])


def test_the_cases_are_what_they_say(built):
    assert built["empty", "duckdb", "fct_school_status"].num_rows == 0
    learners = built["adversarial", "duckdb", "fct_school_status"]["learners"].to_pylist()
    assert None in learners and 0 in learners
    for cube in layer("cubes"):
        assert built["adversarial", "duckdb", cube.name].num_rows > 0, cube.name


def test_parameters_are_bound_alike(sail):
    engine, ours = open_engine(sail), open_engine("")
    sql = "SELECT $text AS text, $day AS day, $whole AS whole, $part AS part, $yes AS yes ORDER BY text"
    params = {"text": "x' OR 1=1 --", "day": DAY(2020, 5, 19), "whole": 7, "part": 0.25, "yes": True}
    try:
        assert engine.ask(sql, params).to_pylist() == ours.ask(sql, params).to_pylist() == [params]
    finally:
        engine.close()
        ours.close()


@pytest.mark.parametrize("value", [datetime.datetime(2020, 1, 1), [], object()])
def test_what_engines_bind_differently_is_refused(value):
    with pytest.raises(TypeError):
        checked_params({"p": value})


def test_a_whole_release_that_a_cluster_wrote_is_the_same(sail, small_store, monkeypatch, tmp_path):
    store = shutil.copytree(small_store, tmp_path / "store")
    monkeypatch.setenv("COALITION_ENGINE", sail)
    came, to_arrow = [], DataFrame.toArrow
    monkeypatch.setattr(DataFrame, "toArrow", lambda self: came.append(to_arrow(self)) or came[-1])
    ours, theirs = open_release(small_store), publish_release(store)
    assert pq.read_metadata(theirs.marts["fct_school_status"]).num_rows > 1000
    assert [(table.column_names, table.num_rows) for table in came if table.num_rows > 1] == [
        (["check_name", "rows_found"], len(theirs.manifest["checks"]))
    ], "the client is given the counts of checks, and no row of a table"
    assert (ours.manifest["engine"].split()[0], theirs.manifest["engine"]) == ("duckdb", "spark connect")
    assert ours.manifest["files"].keys() == theirs.manifest["files"].keys(), "one file a table, and nothing beside them"
    assert not differences(ours.marts, theirs.marts)
    for audience in ("coalition", "public"):
        assert not differences(ours.views(audience), theirs.views(audience))
    for name, said in theirs.manifest["files"].items():
        if said["rows"]:
            assert said["schema"] == ours.manifest["files"][name]["schema"]
    modes = {path.stat().st_mode & 0o777 for path in theirs.folder.rglob("*") if path.is_file()}
    assert modes == {0o400} and theirs.folder.stat().st_mode & 0o777 == 0o500
    assert not list((store / ".staging").iterdir())
    again = publish_release(store)
    assert theirs.taken_over == 0 and again.taken_over == len(again.marts), "each engine takes over its own tables only"


def test_a_check_that_finds_rows_names_the_first(sail, monkeypatch, tmp_path):
    from dashboard.warehouse import build

    check = next(one for one in layer("checks") if one.name == "fct_school_status__known_country")
    finds = replace(check, sql="SELECT country_iso3 FROM dim_country WHERE country_iso3 > 'ZM' ORDER BY country_iso3")
    for address in ("", sail):
        engine = open_engine(address)
        (tmp_path / "marts").mkdir(parents=True)
        with monkeypatch.context() as patch:
            patch.setattr(build, "layer", lambda kind: [finds] if kind == "checks" else layer(kind))
            patch.setattr(build, "in_order", lambda queries: [one for one in queries if one.name == "dim_country"])
            with pytest.raises(build.ChecksFailed, match="found 2 rows, the first: {'country_iso3': 'ZMB'}"):
                build_marts(engine, {}, tmp_path / "marts", tmp_path / "scratch")
        engine.close()
        shutil.rmtree(tmp_path)


def test_what_is_not_seen_here_is_refused(sail, monkeypatch, tmp_path):
    from dashboard.warehouse import spark

    engine = open_engine(sail)
    monkeypatch.setattr(spark, "PARTS", "*.nowhere")
    with pytest.raises(EngineRefused, match="no file of it is seen here.*one file system"):
        engine.build("dim_one", "SELECT 1 AS one ORDER BY one", tmp_path / "dim_one.parquet")
    monkeypatch.undo()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(EngineRefused, match="as another user.*this process is user 12345"):
        engine.build("dim_one", "SELECT 1 AS one ORDER BY one", tmp_path / "dim_one.parquet")
    engine.close()


def test_a_table_that_comes_in_several_files_is_refused(sail, tmp_path):
    """Sail does so beyond 8,192 rows: whoever took the first file would lose the rest."""
    pq.write_table(pa.table({"number": pa.array(range(20_000), pa.int64())}), tmp_path / "numbers.parquet")
    engine = open_engine(sail)
    engine.read("numbers", [tmp_path / "numbers.parquet"])
    assert engine.build("int_all", "SELECT number FROM numbers", tmp_path / "int_all.parquet") == 20_000
    assert engine.ask("SELECT count(*) AS rows_found FROM int_all", {}).to_pylist() == [{"rows_found": 20_000}]
    with pytest.raises(EngineRefused, match="one sorted file"):
        engine.build("dim_all", "SELECT number FROM numbers ORDER BY number", tmp_path / "dim_all.parquet")
    engine.close()


def test_a_table_is_sorted_by_columns_of_its_own(sail, tmp_path):
    engine = open_engine(sail)
    with pytest.raises(ValueError, match="ascending only"):
        engine.build("dim_one", "SELECT 1 AS one ORDER BY one DESC", tmp_path / "dim_one.parquet")
    engine.close()


def test_an_engine_address_is_spark_connect_or_empty():
    with pytest.raises(SettingWrong, match="sc://"):
        open_engine("http://somewhere")


def _inputs(case, small_store, tmp_path_factory):
    if case == "small":
        return {source: [snapshot.rows_file for snapshot in chosen] for source, chosen in pinned(small_store).items()}
    if case == "empty":
        return {}
    folder = tmp_path_factory.mktemp("adversarial")
    rows = {
        # One country with a single row, ties on the first day, a plan, a capture before its own first row.
        "unesco_closures": [
            (DAY(2020, 3, 1), "KEN", "KEN", "closed", "x", DAY(2020, 3, 1), "published"),
            (DAY(2020, 3, 1), "ITA", "ITA", "open", "x", DAY(2020, 3, 1), "published"),
            (DAY(2020, 3, 9), "FRA", "FRA", "partial", "x", DAY(2020, 3, 1), "published"),
            (DAY(2020, 12, 31), "KEN", "KEN", "on_break", "x", DAY(2021, 1, 2), "published"),
            (DAY(2021, 1, 1), "HKG", "CHN", "closed", "x", DAY(2021, 1, 2), "published"),
        ],
        "uis_enrolment": [
            ("KEN", "primary", "female", 0, DAY(2022, 2, 28), "published"),
            ("ITA", "primary", "male", None, DAY(2022, 2, 28), "published"),
            ("ITA", "primary", "male", 5, DAY(2021, 2, 28), "published"),
        ],
        "oxcgrt_c1": [("KEN", DAY(2020, 3, 1), 3, DAY(2020, 3, 2), "published")],
        "unhcr_population": [
            (2023, "UNK", "KEN", None, None, DAY(2024, 1, 1), "published"),
            (2023, "SOM", "KEN", 0, 0, DAY(2024, 1, 1), "published"),
            (2023, "XXA", "UNK", 7, None, DAY(2024, 1, 1), "published"),
        ],
        "unhcr_footnotes": [
            (2023, None, "KEN", "ASY", "Counted 'twice': 1,5", DAY(2024, 1, 1), "published"),
            (2023, "SOM", None, None, "é", DAY(2024, 1, 1), "published"),
            (2022, "UNK", "KEN", "QQ", "older", DAY(2023, 1, 1), "published"),
        ],
        "hubs": [("h", "é 'quoted'", "KEN", -1.5, 36.0, None, "not stated", None, None, DAY(2013, 1, 1), "published")],
    }
    rows |= _adversarial_people() | _adversarial_organisations() | _adversarial_contributions()
    rows["hub_sessions"] = _adversarial_sessions()
    lacking = ", ".join(sorted(sources().keys() - rows.keys()))
    assert not lacking, f"tests/queries/test_engines.py, _inputs: give rows that try the engines to {lacking}"
    files = {}
    for source, records in rows.items():
        schema = snapshot_schema(sources()[source])
        columns = [
            pa.array(values, field.type) for values, field in zip(zip(*records, strict=True), schema, strict=True)
        ]
        files[source] = [folder / f"{source}.parquet"]
        pq.write_table(pa.table(columns, schema=schema), files[source][0])
    return files


def _adversarial_sessions():
    """Ties of two files of one day, an older file, a plan, a closing, nothing but nulls, a hub on no register."""
    file = DAY(2020, 6, 30)
    return [
        ("h", "2020-06", "1", DAY(2020, 6, 1), "discussion", "c", 1.5, 1, 7, 3, file, "demo"),
        ("h", "2020-06", "1", DAY(2020, 6, 1), "discussion", None, None, None, 9, None, file, "demo"),
        ("h", "2020-06", "2", DAY(2020, 6, 1), "other", "é 'x'", 0.0, 0, 0, 0, file, "reported"),
        ("h", "2020-05", "1", DAY(2020, 5, 31), "project", None, None, None, 1, None, DAY(2020, 6, 1), "demo"),
        ("h", "2020-05", "1", DAY(2020, 5, 30), "tutoring", "c", 2.0, 2, 4, 4, DAY(2020, 5, 31), "demo"),
        ("h", "2020-07", "1", DAY(2020, 7, 1), "discussion", "c", 1.0, 1, 5, None, file, "demo"),
        ("h", "2020-06", "1", DAY(2020, 6, 29), "closing", None, None, None, None, None, file, "demo"),
        ("elsewhere", "2020-06", "1", DAY(2020, 6, 1), "discussion", None, None, None, 2, 2, file, "demo"),
    ]


def _adversarial_people():
    """Nulls, ties, keys that link and keys that cannot, ends before beginnings, months without anybody."""
    file, late = DAY(2020, 6, 30), DAY(2020, 7, 31)
    run = ("c1", None, None, "course", DAY(2020, 1, 31))
    return {
        "coursera_usage": [
            # The same person by id, by address, and by both; a tie of two rows that differ; nothing but nulls.
            (
                "i1",
                "e1",
                "a",
                "p",
                *run,
                None,
                None,
                0.0,
                None,
                None,
                False,
                False,
                True,
                None,
                None,
                "unknown",
                file,
                "demo",
            ),
            (
                "i1",
                "e1",
                "a",
                "p",
                *run,
                None,
                None,
                0.5,
                1.5,
                None,
                True,
                True,
                False,
                None,
                False,
                "KEN",
                file,
                "demo",
            ),
            (
                None,
                "e1",
                "b",
                "p",
                *run,
                DAY(2019, 1, 1),
                DAY(2019, 12, 31),
                1.0,
                0.0,
                2.5,
                True,
                False,
                True,
                DAY(2020, 1, 31),
                True,
                "ITA",
                file,
                "demo",
            ),
            (
                None,
                "e2",
                "a",
                "coursera_for_refugees",
                "c2",
                "é 'x'",
                "U",
                "guided project",
                DAY(2020, 2, 29),
                DAY(2020, 2, 29),
                DAY(2020, 6, 30),
                0.25,
                None,
                None,
                False,
                True,
                True,
                None,
                None,
                "unknown",
                late,
                "reported",
            ),
            (
                "i3",
                None,
                "a",
                "coursera_for_refugees",
                "c2",
                None,
                None,
                "course",
                DAY(2020, 12, 31),
                None,
                None,
                0.0,
                None,
                None,
                False,
                False,
                False,
                None,
                None,
                "unknown",
                late,
                "reported",
            ),
            # An older export of the same programme, which the newer one replaces.
            (
                "i4",
                None,
                "a",
                "p",
                *run,
                None,
                None,
                1.0,
                None,
                None,
                True,
                False,
                True,
                None,
                None,
                "FRA",
                DAY(2020, 5, 1),
                "demo",
            ),
            (
                "i5",
                None,
                "hec_pakistan",
                "dlsei",
                *run,
                None,
                DAY(2020, 2, 1),
                0.1,
                0.0,
                0.0,
                False,
                False,
                True,
                None,
                None,
                "PAK",
                late,
                "demo",
            ),
        ],
        "coursera_membership": [
            ("i6", None, "a", "p", "member", DAY(2020, 1, 1), None, None, "KEN", file, "demo"),
            ("i7", None, "a", "p", "invited", None, DAY(2020, 1, 1), None, "KEN", file, "demo"),
        ],
        "coursera_specializations": [
            (
                "i1",
                None,
                "a",
                "p",
                "S",
                "specialisation",
                DAY(2020, 1, 1),
                True,
                False,
                None,
                None,
                "unknown",
                file,
                "demo",
            ),
            (
                "i1",
                None,
                "a",
                "p",
                "S",
                "specialisation",
                DAY(2020, 1, 1),
                True,
                False,
                DAY(2020, 3, 1),
                False,
                "unknown",
                file,
                "demo",
            ),
        ],
        "partner_learners": [
            (
                "i1",
                "e1",
                "a",
                "p",
                "SOM",
                "unknown",
                "female",
                "18-24",
                "not reported",
                DAY(2020, 1, 2),
                None,
                "h",
                True,
                None,
                None,
                file,
                "demo",
            ),
            (
                None,
                "e2",
                "a",
                "p",
                "unknown",
                "ITA",
                "not reported",
                "not reported",
                "not reported",
                DAY(2020, 1, 2),
                DAY(2020, 1, 2),
                None,
                None,
                0.0,
                "attested",
                file,
                "demo",
            ),
            (
                "i9",
                "e2",
                "b",
                "p",
                "SSD",
                "KEN",
                "male",
                "not reported",
                "none",
                DAY(2019, 1, 2),
                None,
                None,
                False,
                2.0,
                "measured",
                file,
                "demo",
            ),
        ],
        "recognitions": [
            (
                "i1",
                None,
                "a",
                "p",
                "request",
                None,
                "U",
                "unknown",
                None,
                DAY(2020, 1, 1),
                None,
                None,
                None,
                None,
                None,
                None,
                file,
                "demo",
            ),
            (
                "i1",
                None,
                "a",
                "p",
                "request",
                "c1",
                "U",
                "DEU",
                None,
                DAY(2020, 1, 1),
                DAY(2020, 1, 1),
                "refused",
                "other",
                5.0,
                None,
                None,
                file,
                "demo",
            ),
            (
                None,
                None,
                "a",
                "p",
                "agreement",
                None,
                "U",
                "DEU",
                DAY(2020, 1, 1),
                None,
                None,
                None,
                None,
                None,
                None,
                None,
                file,
                "demo",
            ),
        ],
        "programme_phases": [
            ("dlsei", "I", DAY(2020, 1, 1), None, 0, None, 0, None, None, None, None, file, "demo"),
            ("dlsei", "I", DAY(2020, 1, 1), None, None, None, None, None, "D", None, 3, file, "demo"),
            ("empty", "I", DAY(2021, 1, 1), DAY(2021, 1, 1), None, None, None, None, None, 0, 0, file, "demo"),
        ],
        "oulad": [
            (
                "registration",
                "s1",
                "AAA",
                "2013J",
                None,
                None,
                None,
                None,
                None,
                None,
                None,
                None,
                None,
                file,
                "published",
            ),
            (
                "outcome",
                "s1",
                "AAA",
                "2013J",
                None,
                None,
                None,
                None,
                None,
                "Withdrawn",
                None,
                None,
                None,
                file,
                "published",
            ),
            ("registration", "s2", "AAA", "2013B", 5, 5, None, None, None, None, None, None, None, file, "published"),
            (
                "outcome",
                "s2",
                "AAA",
                "2013B",
                None,
                None,
                "male",
                "0-35",
                "none",
                "Withdrawn",
                None,
                None,
                None,
                file,
                "published",
            ),
            (
                "presentation",
                None,
                "AAA",
                "2013B",
                None,
                None,
                None,
                None,
                None,
                None,
                100,
                None,
                None,
                file,
                "published",
            ),
            (
                "assessment",
                None,
                "AAA",
                "2013B",
                None,
                None,
                None,
                None,
                None,
                None,
                None,
                "1",
                "TMA",
                file,
                "published",
            ),
        ],
    }


def _adversarial_organisations():
    """Quotes and other scripts, ids that end alike, nothing stated, an offer stated twice, a match of nothing known."""
    day, other = DAY(2020, 3, 1), DAY(2020, 3, 2)
    offer = ("o1", "m1", "é 'quoted'", "other", None, "learners", ";KEN;", ";en;", ";lower_secondary;", "no-tech")
    return {
        "offers": [
            (*offer, True, None, None, day, None, None, None, day, None, day, "published"),
            (*offer, True, day, 0, day, other, "info@x.example", day, day, other, other, "published"),
            (*offer, True, day, 5, day, other, "info@x.example", day, day, other, other, "published"),
            ("o2", "m2", "x", "other", "gender", "learners", "all", "all", "all", "hi-tech")
            + (False, None, None, day, None, "@x.example", None, day, None, day, "demo"),
            ("o3", "m3", "y", "other", "gender", "learners", "all", "all", "all", "low-tech")
            + (True, None, None, day, None, "@x.example", None, day, None, day, "demo"),
        ],
        "needs": [
            ("n1", "KEN", "primary", "en", "no-tech", None, "learners", 0, day, None, None, day, "published"),
            ("n1", "KEN", "primary", "en", "no-tech", None, "learners", 9, day, other, None, day, "published"),
        ],
        "matches": [
            ("x1", "n9", "o9", day, None, None, None, None, None, None, day, "published"),
            ("x1", "n9", "o9", day, day, day, other, None, None, 3, other, "published"),
            ("x2", "n1", "o1", day, None, None, None, other, "other", None, day, "published"),
        ],
    }


def _adversarial_contributions():
    """No lead, two leads, two lists of a day and an older one, places that differ, nulls, ids that collide."""
    file, late = DAY(2020, 6, 30), DAY(2020, 7, 31)
    place = ("KE047", "Nairobi", None, None, None, "School")
    nowhere = (None, None, None, None, None, None)
    words = ("x; 'y'", "content", "learning")
    nothing = (None, None, None, None, None)
    learners, teachers = ("learners", "delivering"), ("teachers", "offered")
    run, open_end = (DAY(2020, 1, 31), DAY(2020, 12, 31)), (DAY(2020, 2, 29), None)
    return {
        "partners": [
            # Two rows of one day, an older one that is replaced, one that has left, and names that differ in case.
            ("p1", "é 'one'", "media", "KEN", DAY(2020, 1, 1), None, "education@p1.example", file, file, "demo"),
            ("p1", "É 'one'", "media", None, None, None, "@p1.example", None, file, "demo"),
            ("p2", "Two", "network", "ITA", DAY(2019, 1, 1), DAY(2020, 1, 1), None, None, late, "reported"),
            ("p2", "Two of old", "multilateral", None, None, None, None, None, file, "reported"),
        ],
        # Two files of a day that differ, an older one, and one that leads on to another.
        "organisation_names": [
            ("p3", "é", "p5", "É", file, "reported"),
            ("p3", "é", "p1", "One", file, "reported"),
            ("p3", "é", "zz", "Old", DAY(2020, 1, 1), "reported"),
            ("p5", "É", "p4", "zz", late, "reported"),
        ],
        "contributions_5w": [
            ("a", "p1", "One", None, "lead", "KEN", *place, "Education", True, *words, *learners, *run)
            + (9, 8, 7, 6, 5, "r1", file, "demo"),
            # The same organisation by another list of the day, with places cut otherwise; an older list of that one.
            ("a", "p1", "One", None, "lead", "KEN", *nowhere, "Education", True, *words, *learners, *run)
            + (9, 8, 70, 6, 5, "r2", file, "demo"),
            ("a", "p1", "One", None, "lead", "KEN", *nowhere, "Education", True, *words, *learners, *run)
            + (9, 8, 700, 6, 5, "r2", DAY(2020, 1, 1), "demo"),
            # Another that leads as well, in two places, one row twice with another stage; another country, audience.
            ("a", "p2", "Two", "NGO", "lead", "KEN", *place, "Education", True, None, None, None, "learners", "offered")
            + (None, None, *nothing, "r3", late, "demo"),
            ("a", "p2", "TWO", None, "supporter", "KEN", *place, "Education", True, None, None, None)
            + ("learners", "confirmed", *open_end, None, 0, 0, None, None, "r3", late, "demo"),
            ("a", "p2", "Two", None, "supporter", "KEN", *nowhere, "Education", True, *words, *learners, *open_end)
            + (None, 5, None, 1, None, "r3", late, "demo"),
            ("a", "p2", "Two", None, "lead", "UGA", *place, "Education", True, *words, *teachers, *run)
            + (1, 1, 1, 1, 1, "r3", late, "reported"),
            # Nobody leads; ends only; another sector under the same id; a country that is none of the reference.
            ("b", "p3", "é", "other", "supporter", "XKX", *nowhere, "Education", True, None, None, None)
            + ("parents", None, None, DAY(2020, 1, 1), None, None, 3, None, 4, "r1", file, "reported"),
            ("b", "p1", "One", None, "supporter", "XKX", *nowhere, "Education", True, None, None, None)
            + ("parents", None, None, None, None, None, None, None, None, "r1", file, "reported"),
            ("b", "p3", "é", "other", "lead", "XKX", *nowhere, "Health", False, *words, "parents", "delivered", *run)
            + (None, None, 0, None, None, "r1", file, "reported"),
            ("c", "p4", "zz", None, "lead", "QQQ", *nowhere, "Education", True, None, None, None, "institutions", None)
            + (DAY(2021, 1, 1), None, *nothing, "r4", file, "reported"),
        ],
    }
