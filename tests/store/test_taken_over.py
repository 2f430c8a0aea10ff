"""Tables that a release takes over from the one before it: only those that would be made of the same."""

import os
import re
import shutil
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from dashboard import actions
from dashboard.intake.front_door import import_file
from dashboard.intake.identity import open_identity
from dashboard.settings import REFERENCE, learner_secret_file
from dashboard.store import releases
from dashboard.store.erasure import Person
from dashboard.store.protocol import sha256
from dashboard.store.snapshots import pinned
from dashboard.warehouse import build, duckdb, fragments
from dashboard.warehouse import made_of as digests
from dashboard.warehouse.build import BETWEEN, tables_of
from dashboard.warehouse.catalog import layer, read_query, sources
from dashboard.warehouse.duckdb import DuckEngine
from dashboard.warehouse.made_of import made_of
from tests.conftest import CAPTURED, FIXTURES

LAYERS = ("staging", "marts", "cubes")
READ = re.compile(r"\b(?:FROM|JOIN) ([a-z_0-9]+)")
SESSIONS = "hub_sessions"
SOURCES = sorted(CAPTURED.keys() & sources().keys())
# In the long form each source; otherwise those of which most tables are made.
CHANGED = ["coursera_usage", "partner_learners"]
CHANGING = SOURCES if os.environ.get("COALITION_FULL_TESTS") == "1" else CHANGED


@pytest.fixture
def store(small_store, tmp_path):
    """A copy of the store of fixtures: every source, and one release."""
    return shutil.copytree(small_store, tmp_path / "store")


@pytest.fixture
def built(monkeypatch):
    """The names of the tables that DuckDB is asked to build from now on."""
    names, true_build = [], DuckEngine.build

    def noted(engine, name, sql, file):
        names.append(name)
        return true_build(engine, name, sql, file)

    monkeypatch.setattr(DuckEngine, "build", noted)
    return names


def queries():
    return {query.name: query for kind in LAYERS for query in layer(kind)}


def readers_of(changed):
    """The tables that read one, and those that read them, as the words after FROM and JOIN have it."""
    below = {name: set(READ.findall(query.sql)) for name, query in queries().items()}
    found = {changed}
    while more := {name for name, read in below.items() if read & found} - found:
        found |= more
    return found & below.keys()


def kept(names):
    return {name for name in names if not name.startswith((BETWEEN, "stg_"))}


def made_anew(release):
    return {name for name, said in release.manifest["tables"].items() if said["since"] == release.number}


def sums(folder):
    return {path.name: sha256(path) for path in folder.glob("*.parquet")}


def from_nothing(store, folder):
    """The tables as they are where none is taken over, from what the store holds now."""
    folder.mkdir()
    releases.build_exact(pinned(store), folder)
    return sums(folder / "marts")


def another_file(store, folder, source=SESSIONS):
    """Brings in the fixture of a source without its last row, of the day after."""
    lines = (FIXTURES / f"{source}.csv").read_text(encoding="utf-8").splitlines()
    file = folder / f"{source}_later.csv"
    file.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    assert import_file(store, source, file, CAPTURED[source].replace(year=CAPTURED[source].year + 1)).snapshot


def put(other, patch):
    """Has a query be another one."""
    patch.setattr(build, "layer", lambda kind: tuple(other if one.name == other.name else one for one in layer(kind)))


def test_other_rows_sql_engine_or_code_make_another_table(monkeypatch):
    """The digest of each query, with each of the tables that it reads changed by itself."""
    for query in queries().values():
        reads = dict.fromkeys(tables_of(query.sql), "the same")
        before = made_of(query, reads, "duckdb 2.0.0")
        assert before == made_of(query, dict(reversed(reads.items())), "duckdb 2.0.0")
        others = [made_of(query, {**reads, table: "other rows"}, "duckdb 2.0.0") for table in reads]
        others += [made_of(replace(query, sql=f"{query.sql}\n-- changed"), reads, "duckdb 2.0.0")]
        others += [made_of(query, reads, "duckdb 2.0.1")]
        with monkeypatch.context() as patch:
            patch.setattr(digests, "code", lambda: "other code")
            others += [made_of(query, reads, "duckdb 2.0.0")]
        assert len({before, *others}) == len(reads) + 4, query.name


def test_the_rows_of_files_are_those_of_all_their_bytes_in_their_order(tmp_path):
    one, other = tmp_path / "one.parquet", tmp_path / "other.parquet"
    one.write_bytes(b"rows")
    other.write_bytes(b"other rows")
    given = ([one], [other], [one, other], [other, one], [])
    assert len({digests.rows_of(files) for files in given}) == len(given)
    other.write_bytes(b"rows")
    assert digests.rows_of([one]) == digests.rows_of([other])


def test_another_fragment_makes_other_tables(monkeypatch, tmp_path):
    (tmp_path / "marts").mkdir()
    file = tmp_path / "marts" / "dim_of_fragment.sql"
    file.write_text(
        "-- title: A\nWITH own AS (\n    SELECT * FROM fragment.part\n)\n\nSELECT a\nFROM own\nORDER BY a\n"
    )

    def digest(line):
        part = fragments.Fragment("part", "A part", (line,), ())
        with monkeypatch.context() as patch:
            patch.setattr(fragments, "fragments", lambda: {"part": part})
            query = read_query(file, "marts")
        return made_of(query, {"dim_country": "rows"}, "duckdb")

    assert digest("SELECT 1 AS a FROM dim_country") != digest("SELECT 2 AS a FROM dim_country")


# Each list is another table: rows that changed places, values that did, one row less, twice, or NULL for empty.
ROWS = (
    [("a", "female", 1), ("b", "male", 2)],
    [("a", "male", 1), ("b", "female", 2)],
    [("b", "female", 1), ("a", "male", 2)],
    [("a", "female", 1)],
    [("a", "female", 1), ("a", "female", 1)],
    [("a", "female", 1), ("b", "male", None)],
    [("a", "female", 1), ("b", None, 2)],
    [("a", "female", 1), ("b", "", 2)],
    [("a", "female", 1), ("b", "male", 0)],
    [("female", "a", 1), ("male", "b", 2)],
    [],
)


def test_a_digest_of_rows_tells_tables_apart_and_not_their_order(tmp_path):
    engine = DuckEngine(tmp_path)

    def digest(rows):
        columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
        table = pa.table([pa.array(columns[0], pa.string()), pa.array(columns[1], pa.string()),
                          pa.array(columns[2], pa.int64())], names=["learner", "sex", "number"])  # fmt: skip
        pq.write_table(table, tmp_path / "rows.parquet")
        engine.read("rows", [tmp_path / "rows.parquet"])
        return engine.rows_digest("rows")

    assert len({digest(rows) for rows in ROWS}) == len(ROWS)
    assert all(digest(rows) == digest(rows[::-1]) for rows in ROWS)
    many = [(f"learner {number}", ("female", "male")[number % 2], number % 7) for number in range(5_000)]
    (first, sex, number), (second, other_sex, other_number) = many[10:12]
    exchanged = [*many[:10], (first, other_sex, number), (second, sex, other_number), *many[12:]]
    assert digest(many) == digest(many[::-1]) != digest(exchanged)
    engine.close()


def test_no_name_stands_for_a_table_and_for_a_step_of_a_query():
    """A step named as a table would hide that the query reads it."""
    for query in queries().values():
        assert not queries().keys() & re.findall(r"\b([a-z_0-9]+) AS \(\n", query.sql), query.name


def test_a_new_file_of_one_list_makes_anew_what_reads_it_and_the_rest_is_the_same_byte_for_byte(store, built, tmp_path):
    first = releases.open_release(store)
    another_file(store, tmp_path)
    release = releases.publish_release(store)
    wanted = kept(readers_of(f"raw_{SESSIONS}"))
    assert made_anew(release) == wanted and {"fct_hub_session", "cube_hub_attendance"} <= wanted
    assert release.taken_over == len(release.marts) - len(wanted) > 50
    steps = {name for name in built if name.startswith(BETWEEN)}
    assert kept(built) == wanted
    assert steps == {table for name in built for table in tables_of(queries()[name].sql) if table.startswith(BETWEEN)}
    assert sums(release.folder / "marts") == from_nothing(store, tmp_path / "full")
    assert (
        release.manifest["files"]["marts/fct_hub_session.parquet"]
        != first.manifest["files"]["marts/fct_hub_session.parquet"]
    )


def test_rows_in_another_order_make_the_same_bytes(small_store, tmp_path):
    """As threads take them, whichever is first; with hours and credits that are no sums of halves."""
    made = []
    for way in ("forwards", "backwards"):
        folder = tmp_path / way
        (folder / "marts").mkdir(parents=True)
        inputs = {}
        for source, found in pinned(small_store).items():
            for number, one in enumerate(found):
                rows = pq.read_table(one.rows_file)
                for name in {"hours", "hours_measured", "hours_estimated", "ects_requested", "ects_awarded"} & set(
                    rows.column_names
                ):
                    at = rows.column_names.index(name)
                    rows = rows.set_column(
                        at, name, pc.divide(pc.add(rows[name], pa.array(range(len(rows)), pa.float64())), 7.0)
                    )
                file = folder / f"{source}_{number}.parquet"
                pq.write_table(
                    rows if way == "forwards" else rows.take(pa.array(range(len(rows))[::-1], pa.int64())), file
                )
                inputs.setdefault(source, []).append(file)
        engine = DuckEngine(folder)
        build.build_marts(engine, inputs, folder / "marts", folder / "scratch")
        engine.close()
        made.append(sums(folder / "marts"))
    assert made[0] == made[1]


def test_row_groups_are_cut_by_rows_whatever_the_batches_of_the_engine(monkeypatch, tmp_path):
    monkeypatch.setattr(duckdb, "BATCH", 1_000)
    engine = DuckEngine(tmp_path)
    assert (
        engine.build("numbers", "SELECT i FROM range(6500) AS t(i) ORDER BY i", tmp_path / "numbers.parquet") == 6_500
    )
    engine.close()
    file = pq.ParquetFile(tmp_path / "numbers.parquet").metadata
    assert [file.row_group(at).num_rows for at in range(file.num_row_groups)] == [1_000] * 6 + [500]


@pytest.mark.parametrize("source", CHANGING)
def test_after_another_file_all_tables_are_those_of_a_build_from_nothing(store, tmp_path, source):
    first = releases.open_release(store)
    another_file(store, tmp_path, source)
    (tmp_path / "next").mkdir()
    made = releases.build_exact(pinned(store), tmp_path / "next", 2, first)["tables"]
    tables = sums(tmp_path / "next" / "marts")
    assert tables == from_nothing(store, tmp_path / "full")
    anew = {name for name, table in made.items() if table["since"] == 2}
    other = {name for name, file in first.marts.items() if sha256(file) != tables[file.name]}
    assert other <= anew <= kept(readers_of(f"raw_{source}"))
    assert other or source not in CHANGED


def test_a_file_of_learners_makes_anew_only_tables_of_whose_rows_one_changed(store, built, tmp_path):
    """Learners who take no course: nothing of course runs, credentials and hubs is made anew."""
    file = tmp_path / "new_partner.csv"
    columns = "partner_id,programme_id,learner_id,country_host,sex,registered_on,consent"
    file.write_text(f"{columns}\nnewcomer,coursera_for_refugees,N-1,KEN,female,2019-02-03,Yes\n", encoding="utf-8")
    assert import_file(store, "partner_learners", file, CAPTURED["partner_learners"]).snapshot
    release = releases.publish_release(store)
    assert {"fct_journey", "cube_reach", "cube_funnel", "cube_partner_day", "dim_stream"} <= made_anew(release)
    of_runs = {"fct_course_run", "fct_credential", "cube_completion", "cube_cohort", "cube_like", "cube_hub_like"}
    assert not (of_runs | {"cube_outcome", "cube_credential"}) & set(built)
    assert "int_completion_learner" not in built, "a step is not built where nothing needs it"
    assert sums(release.folder / "marts") == from_nothing(store, tmp_path / "full")


def test_a_reference_table_that_changed_makes_anew_what_reads_it(store, monkeypatch, tmp_path):
    other = shutil.copytree(REFERENCE, tmp_path / "reference")
    claims = (other / "claims.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (other / "claims.csv").write_text("".join(claims[:-1]), encoding="utf-8")
    monkeypatch.setattr(build, "REFERENCE", other)
    release = releases.publish_release(store)
    assert made_anew(release) == kept(readers_of("ref_claims")) == {"fct_claim"}


def test_sql_that_changed_makes_anew_its_table_and_what_reads_other_rows_of_it(store, built, monkeypatch):
    changed = queries()["int_hub_session"]
    put(replace(changed, sql=f"-- another way to the same rows\n{changed.sql}"), monkeypatch)
    same = releases.publish_release(store)
    assert built == ["int_hub_session"] and same.taken_over == len(same.marts)
    put(replace(changed, sql=changed.sql.replace("WHERE take = 1", "WHERE take = 0")), monkeypatch)
    none = releases.publish_release(store)
    assert {"fct_hub_session", "cube_hub_attendance"} <= made_anew(none) <= kept(readers_of("int_hub_session"))


def test_nothing_new_builds_nothing_and_says_since_when_each_table_stands(store, built):
    release = releases.publish_release(store)
    assert built == [] and release.taken_over == len(release.marts)
    assert {said["since"] for said in release.manifest["tables"].values()} == {1}
    assert release.manifest["checks"] == [check.name for check in layer("checks")]
    later = releases.publish_release(store)
    assert {said["since"] for said in later.manifest["tables"].values()} == {1}


def test_a_check_is_run_on_tables_that_were_taken_over(store, monkeypatch):
    check = layer("checks")[0]
    finds = replace(check, sql="SELECT country_iso3 FROM dim_country ORDER BY country_iso3")
    monkeypatch.setattr(build, "layer", lambda kind: (finds,) if kind == "checks" else layer(kind))
    with pytest.raises(build.ChecksFailed, match="first: {'country_iso3'"):
        releases.publish_release(store)


def test_after_a_rollback_tables_are_those_of_what_the_store_holds(store, tmp_path):
    another_file(store, tmp_path)
    releases.publish_release(store)
    releases.rollback(store, 1)
    release = releases.publish_release(store)
    assert release.manifest["parent"] == 1 and made_anew(release) == kept(readers_of(f"raw_{SESSIONS}"))


@pytest.mark.parametrize("trouble", ["damaged", "of an earlier version"])
def test_of_a_release_that_is_damaged_or_does_not_state_what_its_tables_are_made_of_nothing_is_taken(
    store, trouble, monkeypatch
):
    if trouble == "damaged":
        mart = releases.open_release(store).marts["dim_country"]
        mart.chmod(0o600)
        mart.write_bytes(mart.read_bytes()[:-1] + b"x")
    else:
        whole = releases._release_if_whole
        monkeypatch.setattr(
            releases,
            "_release_if_whole",
            lambda *given: replace(
                found := whole(*given), manifest={key: said for key, said in found.manifest.items() if key != "tables"}
            ),
        )
    monkeypatch.setattr(releases, "write_views", lambda marts, folder, figures: {})  # not what this is about
    release = releases.publish_release(store)
    assert release.taken_over == 0 and made_anew(release) == release.marts.keys()


def test_a_table_that_was_taken_over_is_a_file_of_its_own(store):
    """A disk that damages one release leaves the one before whole."""
    first, second = releases.open_release(store), releases.publish_release(store)
    assert not any(file.samefile(first.marts[name]) for name, file in second.marts.items())


def test_nobody_who_was_erased_comes_back_with_a_table(store, tmp_path):
    releases.publish_release(store)
    identity = open_identity(learner_secret_file())
    learner = (FIXTURES / "partner_learners.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[2]
    done = actions.erase(store, [Person(identity.id_key(learner), "")], identity)  # searches every file of the store
    assert done.done.rows
    release = releases.open_release(store)
    assert "fct_journey" in made_anew(release) and "dim_country" not in made_anew(release)
    assert sums(release.folder / "marts") == from_nothing(store, tmp_path / "full")
