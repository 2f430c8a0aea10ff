"""Words that are SQL stay words, and a viewer's sealed database does nothing but answer."""

import csv
import itertools
import threading
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.access.viewer import STEWARD, Viewer, holdings, open_answers
from dashboard.commands.cli import main
from dashboard.intake.front_door import Declared, check_file, import_file
from dashboard.intake.report import FileRefused
from dashboard.scope import Scope
from dashboard.session import answer
from dashboard.store.releases import publish_release
from dashboard.warehouse.answers import BadParameter, Held
from dashboard.warehouse.catalog import UnknownQuestion, question, questions
from dashboard.warehouse.duckdb import MOST_ROWS, DuckEngine, QueryStopped
from tests.access.tenants import FULL, HEADERS, NEWEST, PARTNERS, REGISTERED, foreign

WORDS = (
    *("'", '"', "';", "--", "/*", "*/", "\\", "`", ";", "' --", "') --", "')) --", "$1", "$partner_id", "?", "{}"),
    *("' OR '1'='1", "' OR 1=1 --", "') OR ('1'='1", "alder' OR partner_id <> 'alder", "' OR TRUE) --", "1 OR 1=1"),
    *("' UNION SELECT * FROM cube_funnel --", "' UNION ALL SELECT 1,'x',2,3,4 --", "all' UNION SELECT NULL --"),
    *("'; DROP TABLE cube_funnel; --", "'; DELETE FROM cube_reach; --", "'; UPDATE cube_funnel SET registered = 1; --"),
    *("'; ATTACH ':memory:' AS x; --", "'; INSTALL httpfs; LOAD httpfs; --", "'; SET threads = 64; --"),
    *(
        "'; COPY cube_funnel TO '/tmp/injected.csv'; --",
        "'; EXPORT DATABASE '/tmp/injected'; --",
        "'; CALL pragma_version(); --",
    ),
    *("' || (SELECT string_agg(partner_id, ',') FROM cube_funnel) || '", "' || getenv('HOME') || '", "'||version()||'"),
    *(
        "(SELECT 1)",
        "(SELECT max(registered) FROM cube_funnel)",
        "read_text('/etc/passwd')",
        "/etc/passwd",
        "read_csv('x')",
    ),
    *("\u2019 OR 1=1 --", "\uff07 OR 1=1 --", "%27 OR 1=1 --", "&#39; OR 1=1", "0x27", "char(39)", "chr(39)", "E'\\''"),
    *(
        "NULL",
        "null",
        "TRUE",
        "DEFAULT",
        "*",
        "%",
        "_",
        "al%",
        "[a-z]%",
        "alder%' ESCAPE '\\",
        "pg_sleep(9)",
        "range(1e9)",
    ),
)
TEXT_QUESTIONS = [
    (name, field.name) for name in questions() for field in question(name).params if field.type == "VARCHAR"
]
OTHER_QUESTIONS = [
    (name, field.name) for name in questions() for field in question(name).params if field.type != "VARCHAR"
]
ALDER = PARTNERS["alder"]


@pytest.fixture(scope="module")
def sealed(release):
    """Alder's own database, as its pages ask it."""
    answers = open_answers(ALDER, release)
    yield answers
    answers.close()


@pytest.fixture
def hurried(release, monkeypatch):
    """As `sealed`, with less time for each question: it is given when the database is opened."""
    monkeypatch.setattr("dashboard.warehouse.duckdb.QUERY_SECONDS", 5 if FULL else 0.5)
    answers = open_answers(ALDER, release)
    yield answers
    answers.close()


@pytest.fixture(scope="module")
def before(sealed):
    return counts_of(sealed)


def counts_of(answers):
    with answers._engine._connection.cursor() as cursor:
        tables = cursor.execute("SELECT table_name, estimated_size FROM duckdb_tables() ORDER BY 1").fetchall()
        settings = cursor.execute("SELECT name, value FROM duckdb_settings() ORDER BY 1").fetchall()
    return tables, settings


def injections():
    """Each word at questions in turn, so that every text parameter of every question is tried."""
    at = itertools.cycle(TEXT_QUESTIONS)
    for _ in range(12 if FULL else 2):
        for word in WORDS:
            yield *next(at), word


def test_sql_in_a_value_is_a_value(release, known, sealed, before):
    tried, leaks = 0, []
    neutral = {}
    for name, parameter, word in injections():
        for viewer in (ALDER, Viewer("coalition")):
            try:
                rows = answer(viewer, release, name, Scope(**{parameter: word})).to_dict("records")
                if (name, parameter, viewer) not in neutral:
                    other = Scope(**{parameter: "nobody of this name"})
                    neutral[name, parameter, viewer] = repr(answer(viewer, release, name, other).to_dict("records"))
            except BadParameter:
                continue
            tried += 1
            assert repr(rows) == neutral[name, parameter, viewer], (name, parameter, word)
            leaks += foreign(viewer, known, rows)
    assert tried >= 200 and not leaks
    assert counts_of(sealed) == before


def test_sql_in_a_date_or_a_number_is_refused(release):
    for (name, parameter), word in itertools.product(OTHER_QUESTIONS[:: 1 if FULL else 6], WORDS[::3]):
        with pytest.raises(BadParameter):
            answer(ALDER, release, name, Scope(**{parameter: word}))


@pytest.mark.parametrize("word", WORDS[::2])
def test_sql_in_the_name_of_a_question_is_no_question(word):
    for name in (word, f"overview/{word}", f"overview/headline{word}", f"../{word}", f"overview/headline\n{word}"):
        with pytest.raises(UnknownQuestion):
            question(name)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "overview/../overview/headline",
        "marts/dim_stream",
        "OVERVIEW/headline",
        "overview/headline\n",
        " overview/headline",
    ],
)
def test_only_a_page_has_questions(name):
    with pytest.raises(UnknownQuestion):
        question(name)


def test_sql_in_the_name_of_a_parameter_is_refused(sealed):
    for word in WORDS:
        with pytest.raises(BadParameter):
            sealed.ask("overview/headline", {word: "x"})


def test_sql_in_the_id_of_a_partner_finds_nothing(release):
    for word in WORDS:
        table = holdings(Viewer("partner", word), release)["cube_funnel"]
        assert table.values == (word,), "compared, never written into the statement"
    answers = open_answers(Viewer("partner", "alder' OR partner_id <> 'alder"), release)
    assert answers.ask("completion_funnel/learners_per_step", {"partner_id": "alder"}).to_pylist()[0]["learners"] in (
        0,
        None,
    )
    answers.close()


@pytest.mark.parametrize(
    "name", ["t; DROP TABLE x", "t--", 't"', "t t", "", "1t", "t.x", "t)", "information_schema.tables"]
)
def test_sql_in_the_name_of_a_table_or_a_column_is_refused(name, tmp_path):
    file = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": ["x"]}), file)
    engine = DuckEngine()
    for wrong in (
        lambda: engine.load(name, file),
        lambda: engine.load("t", file, name or " ", ("x",)),
        lambda: engine.read(name, [file]),
        lambda: engine.view(name, "SELECT 1 AS a"),
    ):
        with pytest.raises(ValueError, match="not a table name"):
            wrong()
    engine.close()


def test_a_database_that_is_not_sealed_yet_reads_no_variables_either(monkeypatch):
    secret_frame = pa.table({"secret": ["of Python"]})
    monkeypatch.setattr("dashboard.warehouse.duckdb.secret_frame", secret_frame, raising=False)
    engine = DuckEngine()
    with pytest.raises(duckdb.CatalogException):
        engine.ask("SELECT secret FROM secret_frame", {})
    engine.close()


def test_a_file_whose_name_is_sql_is_a_file(tmp_path):
    file = tmp_path / "x'] , union_by_name=true); DROP TABLE y; --.parquet"
    pq.write_table(pa.table({"a": ["x"]}), file)
    engine = DuckEngine()
    engine.load("t", file)
    assert engine.ask("SELECT a FROM t", {}).num_rows == 1
    engine.close()


def test_sql_in_what_a_file_says_is_what_it_says(tmp_path):
    """Ids, programmes, names of universities and headers that a person assigned: kept as text, or set aside."""
    store, rows = tmp_path / "store", []
    for number, word in enumerate(("all", "For Refugees", *WORDS[:: 1 if FULL else 4])):
        rows += [(word, word, f"DEMO-{number}-{n}", "SOM", "KEN", word, "18-24", "2019-01-02", "Yes") for n in range(2)]
    file = tmp_path / "demonstration_partner_learners_2019-12-31.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADERS["partner_learners"].split(","), *rows])
    done = import_file(store, "partner_learners", file, NEWEST)
    assert done.report.published + len(done.report.quarantined) == len(rows) and done.report.published
    release = publish_release(store)
    answers = open_answers(STEWARD, release)
    ids = [row["partner_id"] for row in answers.ask("overview/partners", {}).to_pylist()]
    assert ids and all(id_.replace("_", "").isalnum() for id_ in ids), ids
    assert not {"all", "for_refugees"} & set(ids), "the names of totals"
    assert {row.column for row in done.report.quarantined} <= {"partner_id", "programme_id"}
    first = answers.ask("completion_funnel/learners_per_step", {}).to_pylist()[0]
    assert first["learners"] == done.report.published
    answers.close()


@pytest.mark.parametrize("word", WORDS[:: 1 if FULL else 15])
def test_sql_in_the_names_of_columns_that_a_person_assigned_is_refused_or_a_header(tmp_path, word):
    file = tmp_path / "demonstration_partner_learners_2019-12-31.csv"
    header = HEADERS["partner_learners"].split(",")
    row = ("alder", "coursera_for_refugees", "DEMO-1", "SOM", "KEN", "female", "18-24", "2019-01-02", "Yes")
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([[word if name == "sex" else name for name in header], row])
    said = Declared(columns=(("sex", word),))
    assert check_file("partner_learners", file, NEWEST, said).rows_in == 1
    with pytest.raises(FileRefused):
        check_file("partner_learners", file, NEWEST, Declared(columns=((word, "sex"),)))


ATTACKS = {
    "reads a file as text": "SELECT * FROM read_text('/etc/passwd')",
    "reads a file as bytes": "SELECT * FROM read_blob('/etc/passwd')",
    "reads a file as CSV": "SELECT * FROM read_csv('/etc/passwd')",
    "reads a file by its name": "SELECT * FROM '/etc/passwd'",
    "reads a CSV by its name": "FROM '{store}/x.csv'",
    "reads the steward's cube": "SELECT * FROM read_parquet('{cube}')",
    "reads every cube": "SELECT * FROM read_parquet('{store}/releases/*/marts/*.parquet')",
    "reads a parquet file by its name": "SELECT * FROM '{cube}'",
    "reads what a parquet file holds": "SELECT * FROM parquet_metadata('{cube}')",
    "reads the roster as JSON": "SELECT * FROM read_json('{store}/manifest.json')",
    "lists files": "SELECT * FROM glob('/etc/*')",
    "sniffs a file": "SELECT * FROM sniff_csv('/etc/passwd')",
    "writes a CSV": "COPY (SELECT 1) TO '{folder}/out.csv'",
    "writes a parquet file": "COPY cube_funnel TO '{folder}/out.parquet'",
    "reads by COPY": "COPY cube_funnel FROM '/etc/passwd'",
    "attaches a file": "ATTACH '{folder}/other.db' AS other",
    "attaches a remote database": "ATTACH 'https://example.org/x.db' AS other",
    "exports the database": "EXPORT DATABASE '{folder}/out'",
    "imports a database": "IMPORT DATABASE '{folder}/out'",
    "installs an extension": "INSTALL httpfs",
    "loads an extension": "LOAD httpfs",
    "loads an extension by its path": "LOAD '{folder}/evil.duckdb_extension'",
    "reads over http": "SELECT * FROM read_csv('https://example.org/x.csv')",
    "reads from a bucket": "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
    "opens files again": "SET enable_external_access = true",
    "names folders that are allowed": "SET allowed_directories = ['/']",
    "unlocks settings": "SET lock_configuration = false",
    "resets settings": "RESET lock_configuration",
    "takes more threads": "SET threads = 64",
    "takes more memory": "SET memory_limit = '64GB'",
    "takes more memory by a pragma": "PRAGMA memory_limit = '64GB'",
    "spills to disk": "SET temp_directory = '{folder}'",
    "logs queries to a file": "PRAGMA log_query_path = '{folder}/log'",
    "reads Python's variables": "SELECT * FROM secret_frame",
    "reads Python's variables by name": "SELECT * FROM known",
    "allows unsigned extensions": "SET allow_unsigned_extensions = true",
    "keeps a secret": "CREATE PERSISTENT SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "reads the environment": "SELECT getenv('HOME')",
    "fills the memory": "SELECT len(list(i)) AS n FROM range(400000000) t(i)",
    "fills the memory with text": "SELECT length(string_agg(repeat('x', 10000), '')) AS n FROM range(1000000)",
    "fills the memory by groups": "SELECT i, count(*) AS n FROM range(200000000) t(i) GROUP BY i ORDER BY n LIMIT 1",
}


@pytest.fixture
def places(release, tmp_path):
    return {"folder": tmp_path, "store": release.folder.parents[1], "cube": release.marts["cube_funnel"]}


@pytest.mark.parametrize("sql", ATTACKS.values(), ids=ATTACKS)
def test_a_sealed_database_refuses_what(sql, sealed, before, places, tmp_path):
    secret_frame = pa.table({"secret": ["of Python"]})
    assert secret_frame.num_rows == 1
    begun = time.perf_counter()
    with pytest.raises((duckdb.Error, QueryStopped)):
        sealed._engine.ask(sql.format(**places), {})
    assert time.perf_counter() - begun < 8
    assert not list(tmp_path.iterdir()), "nothing was written"
    assert counts_of(sealed) == before


ENDLESS = {
    "joins all with all": "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range + b.range) % 7 = 3",
    "recurs for ever": "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t) SELECT max(i) FROM t",
}


@pytest.mark.parametrize("sql", ENDLESS.values(), ids=ENDLESS)
def test_what_would_never_end_is_stopped(sql, hurried):
    begun = time.perf_counter()
    with pytest.raises(QueryStopped, match="longer than"):
        hurried._engine.ask(sql, {})
    assert time.perf_counter() - begun < 9


def test_a_question_has_five_seconds():
    from dashboard.warehouse import duckdb as engine

    assert (engine.QUERY_SECONDS, engine.MOST_ROWS) == (5, 10_000)


def test_stopping_one_question_stops_no_other(hurried):
    answers, done = [], threading.Event()

    def ask_on():
        while not done.is_set():
            answers.append(hurried.ask("overview/partners", {}).num_rows)

    thread = threading.Thread(target=ask_on)
    thread.start()
    with pytest.raises(QueryStopped):
        hurried._engine.ask(ENDLESS["joins all with all"], {})
    done.set()
    thread.join()
    assert answers and set(answers) == {1}


def test_a_question_that_needs_more_memory_than_there_is_for_one_is_stopped():
    engine = DuckEngine()
    engine._run("SET memory_limit = '20MB'")
    with pytest.raises(QueryStopped, match="more memory"):
        engine.ask("SELECT count(*) AS n FROM (SELECT DISTINCT range FROM range(5000000))", {})
    assert engine.ask("SELECT 1 AS n", {}).num_rows == 1
    engine.close()


@pytest.mark.parametrize("rows", [MOST_ROWS + 1, 3_000_000])
def test_more_rows_than_a_page_can_use_are_refused(sealed, rows):
    assert sealed._engine.ask("SELECT range AS n FROM range($rows)", {"rows": MOST_ROWS}).num_rows == MOST_ROWS
    with pytest.raises(QueryStopped, match="rows"):
        sealed._engine.ask("SELECT range AS n FROM range($rows)", {"rows": rows})


def test_the_catalogue_of_a_database_names_no_other_tenant(sealed, known):
    with sealed._engine._connection.cursor() as cursor:
        for sql in (
            "SELECT * FROM information_schema.tables",
            "SELECT * FROM duckdb_databases()",
            "SELECT * FROM duckdb_columns()",
            "SELECT * FROM duckdb_views()",
            "SELECT * FROM duckdb_secrets()",
            "SELECT * FROM pg_catalog.pg_tables",
            "SELECT sql FROM sqlite_master",
        ):
            said = repr(cursor.execute(sql).fetchall())
            assert not [partner for partner in REGISTERED if partner != "alder" and partner in said], sql
            assert "parquet" not in said, sql
        for table in ("cube_funnel", "dim_stream", "cube_reach"):
            (partners,) = cursor.execute(f"SELECT list(DISTINCT partner_id) FROM {table}").fetchone()  # noqa: S608
            assert partners == ["alder"]
        # What a column's statistics tell of its rows is of its own rows.
        assert "birch" not in repr(cursor.execute("SELECT stats(partner_id) FROM cube_funnel LIMIT 1").fetchall())


def test_questions_leave_the_database_as_it_was(release, sealed, before):
    for name in questions():
        try:
            sealed.ask(name, {})
        except BadParameter:
            continue
    assert counts_of(sealed) == before


def test_the_command_binds_what_it_is_given(served_store, tenants_store, capsys):
    served_store(tenants_store)
    for word in WORDS[:: 1 if FULL else 15]:
        given = ["ask", "completion_funnel/learners_per_step", "--param", f"partner_id={word}", "--as", "partner:alder"]
        status = main([*given, "--format", "csv"])
        said = capsys.readouterr()
        assert status == 0 and "birch" not in said.out, said
    assert not list(Path("/tmp").glob("injected*"))


def test_an_answer_of_rows_that_are_not_the_viewers_is_never_loaded(release):
    """Rows are left out when the database is filled, not when it is asked."""
    for name, held in holdings(ALDER, release).items():
        if held.column:
            assert held.values in (("alder",), ("alder_academy",)), name
        else:
            assert isinstance(held, Held)
