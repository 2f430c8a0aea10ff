"""What changed between two releases: cases worked by hand, the sum for generated pairs, and the headline's figures.

In the short form fewer pairs are generated than with COALITION_FULL_TESTS=1.
"""

import datetime
import itertools
import os
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from dashboard.access.viewer import STEWARD, _side, open_answers
from dashboard.scope import Scope
from dashboard.session import answer
from dashboard.store.releases import NoSuchRelease, open_release
from dashboard.store.removal import bury
from dashboard.warehouse.answers import BadParameter, Held, ReleaseTooOld, bind, sealed
from dashboard.warehouse.catalog import layer, metrics, question
from dashboard.warehouse.changes import Pin, Side, compare, compared_marts
from dashboard.warehouse.lineage import sources_of
from dashboard.warehouse.portable import complaints
from dashboard.warehouse.schema import ARROW

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
DAY = datetime.date
JUNE, JULY = DAY(2019, 6, 30), DAY(2019, 7, 31)
STEPS = ["old figure", "new", "back-dated", "corrected", "merged", "removed", "redefined", "new figure"]


@pytest.fixture(scope="module")
def asked(changed_store):
    answers = open_answers(STEWARD, open_release(changed_store))
    yield lambda name, **params: answers.ask(f"what_changed/{name}", params).to_pylist()
    answers.close()


def steps(asked, metric, old, new):
    rows = asked("waterfall", metric=metric, from_release=old, to_release=new)
    assert [row["step"] for row in rows] == STEPS and [row["step_order"] for row in rows] == list(range(1, 9))
    return [row["value"] for row in rows]


def test_learners_are_new_told_late_linked_or_gone(asked):
    # June: A1 A3, B2 and an address, G1 G2, X1. July: + A4, + A5 of May, the address is X1's: - 1, - A3.
    assert steps(asked, "learners_registered", 1, 2) == [7, 1, 1, 0, -1, -1, 0, 7]


def test_a_programme_changes_by_its_own_learners(asked):
    def programme(name, old, new):
        named = {"metric": "learners_registered", "from_release": old, "to_release": new, "programme_id": name}
        return [row["value"] for row in asked("waterfall", **named)]

    # Kiron Campus, for refugees: June A1 A3, B2 and an address, X1. July: + A4, + A5 of May, the address is X1's, - A3.
    assert programme("kiron_campus", 1, 2) == programme("for_refugees", 1, 2) == [5, 1, 1, 0, -1, -1, 0, 5]
    assert programme("dlsei", 1, 2) == [2, 0, 0, 0, 0, 0, 0, 2]  # G1 and G2
    # A rehearsal counts in no total, and in its own figure as before.
    assert programme("dlsei", 2, 3) == [2, 0, 0, 0, 0, 0, 0, 2] and programme(None, 2, 3)[-1] == 5
    # Schools that closed are of no programme.
    for name in (None, "for_refugees", "kiron_campus"):
        named = {"metric": "learners_affected", "from_release": 1, "to_release": 2, "programme_id": name}
        assert asked("waterfall", **named)[-1]["value"] == 70
        counted = {
            row["metric"]: row["counted_programme_id"] for row in asked("figures", **dict(list(named.items())[1:]))
        }
        assert counted["learners_registered"] == (name or "all") and counted["learners_affected"] is None


def test_each_step_names_who_told_of_it(asked):
    def behind(step):
        rows = asked("rows_behind", metric="learners_registered", from_release=1, to_release=2, step=step)
        return [(row["told_by"], row["programme"], row["country"], row["rows_behind"], row["value"]) for row in rows]

    assert behind("new") == [("alpha", "Kiron Campus", "Kenya", 1, 1)]
    assert behind("back-dated") == [("alpha", "Kiron Campus", "Uganda", 1, 1)]
    assert behind("merged") == [("beta", "Kiron Campus", "Germany", 1, -1)]
    assert behind("removed") == [("alpha", "Kiron Campus", "Kenya", 1, -1)]
    assert len(behind(None)) == 4 and behind("redefined") == behind("unchanged") == []


def test_the_same_files_under_another_reference_are_redefined(asked):
    # dlsei becomes a rehearsal: G1 and G2 count no more.
    assert steps(asked, "learners_registered", 2, 3) == [7, 0, 0, 0, 0, 0, -2, 5]
    assert steps(asked, "learners_registered", 1, 3) == [7, 1, 1, 0, -1, -1, -2, 5]


def test_a_key_that_was_linked_and_is_told_apart_again_is_no_new_learner(asked):
    assert steps(asked, "learners_registered", 2, 1) == [7, 0, 1, 0, 1, -2, 0, 7]  # X1 parts; A3 is back; A4, A5 not


def test_closures_tell_what_happened_from_what_was_corrected(asked):
    # Kenya 50 and China 100 closed on 20 March; by the 25th Italy's 10 too and China open, and Kenya has 60 pupils.
    assert steps(asked, "learners_affected", 1, 2) == [150, 10 - 100, 0, 10, 0, 0, 0, 70]


def test_a_release_and_itself_differ_in_nothing(asked):
    assert steps(asked, "learners_registered", 2, 2) == [7, 0, 0, 0, 0, 0, 0, 7]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_figures_are_those_the_pages_show(changed_store, number):
    answers = open_answers(STEWARD, open_release(changed_store, number))
    for programme in (None, "for_refugees", "kiron_campus", "dlsei"):
        shown_on_pages(answers, number, programme)
    answers.close()


def test_figures_of_every_fixture_are_those_the_pages_show(small_store):
    answers = open_answers(STEWARD, open_release(small_store))
    for programme in ("for_refugees", "coursera_for_refugees", "kiron_campus", "dlsei", "oulad"):
        shown_on_pages(answers, 1, programme)
    assert shown_on_pages(answers, 1) == {
        "credentials": 4,
        "hubs_named": 2,
        "learners_contributed_direct": 200,
        "offers_live": 4,
        "learners_affected": 150,
        "learners_reached": 8,
        "learners_registered": 10,
        "learners_with_credential": 4,
    }
    answers.close()


def test_a_release_that_lacks_a_column_of_today_is_refused_with_the_reason(changed_store, tmp_path):
    mart = "fct_figure_row"
    release = open_release(changed_store)
    marts = {**release.marts, mart: tmp_path / "old.parquet"}
    pq.write_table(pq.read_table(release.marts[mart]).drop_columns(["total_programme_id"]), marts[mart])
    with pytest.raises(ReleaseTooOld, match="total_programme_id"):
        _side(SimpleNamespace(number=release.number, marts=marts))


def shown_on_pages(answers, number, programme=None):
    def one(name, **params):
        return answers.ask(name, params).to_pylist()[0]

    scope = {"programme_id": programme}
    rows = answers.ask("what_changed/figures", {"from_release": number, "to_release": number, **scope}).to_pylist()
    found = {row["metric"]: row["new_value"] for row in rows}
    head = one("overview/headline", **scope)
    for metric in ("learners_reached", "credentials", "learners_with_credential"):
        assert found.get(metric, 0) == head[metric], metric
    assert found["learners_registered"] == one("completion_funnel/learners_per_step", **scope)["learners"]
    assert found.get("hubs_named", 0) == one("learning_hubs/counts")["hubs_named"]
    if "offers_live" in found:
        assert found["offers_live"] == one("needs_and_offers/totals")["offers_live"]
    if "learners_contributed_direct" in found:
        assert found["learners_contributed_direct"] == one("contributions/totals")["learners_direct"]
    newest = one("school_closures/captures")["captured_on"]
    assert found["learners_affected"] == one("school_closures/world_on_date", on_date=newest)["learners_affected"]
    assert found.keys() <= metrics().keys()
    return found


def test_a_release_that_cannot_be_compared_is_refused_with_the_reason(asked, monkeypatch):
    for old, new in ((9, 1), (1, 9)):
        with pytest.raises(NoSuchRelease, match="no release 9; the store holds: 1, 2, 3"):
            asked("waterfall", metric="learners_registered", from_release=old, to_release=new)
    with pytest.raises(BadParameter, match="wants to_release"):
        asked("waterfall", metric="learners_registered", from_release=1)
    monkeypatch.setattr("dashboard.access.viewer.compared_marts", lambda: frozenset({"fct_of_tomorrow"}))
    with pytest.raises(ReleaseTooOld, match="Release 3 was built by an earlier version"):
        asked("waterfall", metric="learners_registered", from_release=3, to_release=1)


def test_a_release_that_is_deleted_is_compared_no_more(changed_store, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(changed_store, store)
    scope = Scope(metric="learners_registered", from_release=1, to_release=2)
    release = open_release(store)
    assert len(answer(STEWARD, release, "what_changed/waterfall", scope)) == 8
    bury(store, 1, "learners whom it counted were erased", "2026-11-22")
    with pytest.raises(NoSuchRelease, match="Release 1 was deleted .*learners whom it counted were erased"):
        answer(STEWARD, release, "what_changed/waterfall", scope)


def test_a_metric_that_nobody_keeps_has_no_waterfall(asked):
    assert asked("waterfall", metric="' OR 1=1 --", from_release=1, to_release=2) == []


def test_the_command_answers(changed_store, served_store, capsys):
    from dashboard.commands.cli import main

    served_store(changed_store)
    given = ["--param", "metric=learners_registered", "--param", "from_release=1", "--param", "to_release=2"]
    assert main(["ask", "what_changed/waterfall", *given, "--format", "csv"]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == ["step_order,step,value", "1,old figure,7", "2,new,1"]
    assert main(["ask", "what_changed/waterfall", *given[:4], "--param", "to_release=99"]) == 1
    assert "There is no release 99" in capsys.readouterr().err


def test_a_comparison_knows_its_sources():
    assert {"partner_learners", "unesco_closures", "uis_enrolment", "hubs"} <= set(sources_of("what_changed/waterfall"))


@pytest.mark.parametrize("query", layer("changes"), ids=lambda query: query.name)
def test_files_of_comparisons_keep_to_the_portable_subset(query):
    assert complaints(query.sql) == []


# --- generated pairs of releases ---------------------------------------------------------------------------------

KEYS = ("a", "b", "c", "e1", "e2")
STREAMS = ("p/x", "q/x", "q/y")
days = some.dates(DAY(2019, 1, 1), DAY(2019, 12, 31))
worlds = some.fixed_dictionaries(
    {
        "rows": some.dictionaries(
            some.tuples(
                some.sampled_from(["learners_registered", "credentials"]),
                some.sampled_from(KEYS),
                some.sampled_from(["", "course"]),
            ),
            some.tuples(some.integers(-3, 5), days, some.sampled_from(STREAMS)),
            max_size=12,
        ),
        "countries": some.dictionaries(
            some.sampled_from(["KEN", "DEU", "FRA"]), some.tuples(some.integers(0, 99), days)
        ),
        "links": some.sets(some.tuples(some.sampled_from(["e1", "e2"]), some.sampled_from(["a", "b", "c"]))),
        "files": some.dictionaries(some.sampled_from(STREAMS), some.tuples(days, some.integers(1, 2))),
    }
)


def generated(world, number, folder):
    """A side of a comparison with the tables of a generated release, and its figures."""
    tables = {
        "fct_figure_row": [
            *(
                (metric, key, item, value, on, stream, *stream.split("/"), "KEN", JUNE, "all")
                for (metric, key, item), (value, on, stream) in world["rows"].items()
            ),
            *(
                ("learners_affected", None, iso3, value, on, "unesco_closures", None, None, iso3, JUNE, "")
                for iso3, (value, on) in world["countries"].items()
            ),
        ],
        "fct_stream_report": [(stream, "s", on, on, rows) for stream, (on, rows) in world["files"].items()],
        "fct_learner_link": sorted(world["links"]),
        "dim_stream": [],
        "dim_country": [],
    }
    assert tables.keys() == compared_marts()
    headers = {query.name: query for query in layer("marts")}
    marts = {}
    for name, rows in tables.items():
        fields = [pa.field(field.name, ARROW[field.type]) for field in headers[name].columns]
        columns = list(zip(*rows, strict=True)) or [[] for _ in fields]
        marts[name] = folder / f"{number}-{name}.parquet"
        arrays = [pa.array(list(values), field.type) for values, field in zip(columns, fields, strict=True)]
        pq.write_table(pa.table(arrays, schema=pa.schema(fields)), marts[name])
    pins = tuple(Pin("s", on.isoformat(), f"s-{on}", stream) for stream, (on, _) in sorted(world["files"].items()))
    figures = {}
    for row in tables["fct_figure_row"]:
        figures[row[0]] = figures.get(row[0], 0) + row[3]
    return Side(number, marts, pins), figures


@settings(max_examples=50 if FULL else 12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(old=worlds, new=worlds)
def test_old_and_steps_make_new_for_any_two_releases(old, new):
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (before, had), (after, has) = generated(old, 1, folder), generated(new, 2, folder)
        (folder / "out").mkdir()
        files = compare(before, after, folder / "out")
        engine = sealed({name: Held(file) for name, file in files.items()}, protected=False)
    try:
        for metric in had.keys() | has.keys():
            named = {"metric": metric, "from_release": 1, "to_release": 2}
            asked = question("what_changed/waterfall")
            values = [row["value"] for row in engine.ask(asked.sql, bind(asked, named)).to_pylist()]
            assert values[0] == had.get(metric, 0) and values[-1] == has.get(metric, 0)
            assert sum(values[:-1]) == values[-1]
            behind = question("what_changed/rows_behind")
            for step, value in zip(STEPS[1:-1], values[1:-1], strict=True):
                rows = engine.ask(behind.sql, bind(behind, {**named, "step": step})).to_pylist()
                assert sum(row["value"] for row in rows) == value
    finally:
        engine.close()


def test_generated_pairs_reach_every_step():
    """A check of the check: the sum is not of zeros alone."""
    old = {
        "rows": {
            ("learners_registered", key, ""): (1, JUNE, stream)
            for key, stream in (("a", "p/x"), ("e1", "p/x"), ("b", "q/x"), ("e2", "q/y"))
        },
        "countries": {"KEN": (5, JUNE)},
        "links": set(),
        "files": {"p/x": (JUNE, 1), "q/x": (JUNE, 1), "q/y": (JUNE, 1)},
    }
    new = {
        "rows": {
            ("learners_registered", "a", ""): (3, JUNE, "p/x"),  # corrected
            ("learners_registered", "c", ""): (1, JULY, "p/x"),  # new
            ("credentials", "c", "course"): (1, JULY, "p/x"),
            ("learners_registered", "e2", ""): (2, JUNE, "q/y"),  # redefined: the file is the same
            ("learners_registered", "d", ""): (1, DAY(2019, 1, 1), "p/x"),  # back-dated
        },
        "countries": {"KEN": (7, JUNE)},
        "links": {("e1", "a")},  # merged
        "files": {"p/x": (JULY, 1), "q/x": (JULY, 1), "q/y": (JUNE, 1)},  # b removed
    }
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (before, _), (after, _) = generated(old, 1, folder), generated(new, 2, folder)
        (folder / "out").mkdir()
        rows = pq.read_table(compare(before, after, folder / "out")["changed_figure"]).to_pylist()
    found = {
        step: sum(row["new_value"] - row["old_value"] for row in rows if (row["metric"], row["step"]) == (metric, step))
        for metric, step in itertools.product(["learners_registered"], STEPS[1:-1])
    }
    assert found == {"new": 1, "back-dated": 1, "corrected": 2, "merged": -1, "removed": -1, "redefined": 1}
