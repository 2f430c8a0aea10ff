"""Nobody sees another's exact counts: by questions, downloads, caches, the command, threads, or the database itself.

By turns: where a rule has every viewer as a case, it is tried for those who are no partner and for one partner. With
COALITION_FULL_TESTS=1 it is tried for all, and with more probes.
"""

import dataclasses
import datetime
import io
import itertools
import random
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest
from openpyxl import load_workbook

from dashboard import session
from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer, answering_viewer, open_answers, shared_tables
from dashboard.access.visitor import VISITOR_KEY, NotAdmitted, Visitor
from dashboard.commands.cli import main
from dashboard.components.downloads import Reading, _csv, _xlsx
from dashboard.disclosure.protect import BENCHMARK, PROTECTED
from dashboard.scope import Scope
from dashboard.store.views import HUB_DAYS, STREAMS
from dashboard.warehouse.answers import BadParameter, Shared, queried_tables
from dashboard.warehouse.catalog import question, questions
from dashboard.warehouse.changes import changed_tables
from dashboard.warehouse.duckdb import QueryStopped, write_shared
from tests.access.tenants import ALONE, FULL, OTHERS, PARTNERS, REGISTERED, SHARED, foreign, numbers

NO_NOTES = Reading((), None, False, False, "en")
PROBES = 6_000 if FULL else 500
WILD = (
    *("ALL", "Alder", " alder", "alder ", "al%", "%", "_", "*", "alder,birch", "NULL", "null", "0", "-1"),
    *("' OR 1=1 --", "alder' OR 'a'='a", "birch'; DROP TABLE cube_funnel; --", "${partner_id}", "$partner_id"),
    *("\u212alder", "alder\u200b", "ａｌｄｅｒ", "../alder", "[alder]", '{"partner_id": "birch"}'),
)
PARTNER_VALUES = (None, "", "all", "nobody", *(4 * list(REGISTERED)), *WILD)
PROGRAMME_VALUES = (None, SHARED, "all", "for_refugees", *(name for name, _ in ALONE.values()), *WILD[:3])
OTHER_VALUES = {
    "on_date": (None, datetime.date(2019, 6, 1), datetime.date(2019, 12, 31)),
    "other_date": (datetime.date(2019, 3, 1),),
    "as_captured_on": (None,),
    "from_date": (None, datetime.date(2019, 2, 1)),
    "to_date": (None, datetime.date(2019, 12, 31)),
    "from_month": (None, datetime.date(2019, 1, 1), datetime.date(2019, 2, 1)),
    "to_month": (None, datetime.date(2019, 2, 1)),
    "cohort_month": (None, datetime.date(2019, 1, 1)),
    "other_cohort_month": (None, datetime.date(2019, 2, 1)),
    "attribute": ("sex", "age_band", "country_host"),
    "other_attribute": (None, "sex"),
    "attribute_value": (None, "female", "KEN", "all"),
    "other_attribute_value": (None, "male"),
    "by": ("host", "origin", "learners", None),
    "country_iso3": (None, "KEN", "DEU"),
    "country_host": (None, "KEN", "DEU", "unknown"),
    "origin_iso3": (None, "SOM"),
    "year": (None, 2019),
    "by_day": (None, 180),
    "horizon_days": (90, 180, 365),
    "quiet_days": (30, 180),
    "partial_weight": (0.5,),
    "region": (None,),
    "host_type": (None,),
    "metric": ("learners_registered", "learners_reached", "credentials", "learners_with_credential", "hubs_named"),
    "from_release": (1,),
    "to_release": (1,),
    "step": (None, "unchanged", "new"),
    "hub_id": (None, "a", "glh-2013-juba"),
    "level": (None, "primary", "lower_secondary"),
    "tier": (None, "low-tech"),
    "language": (None, "sw"),
    "activity_type": (None, "content"),
    "audience": (None, "teachers"),
    "mission": (None, "learning"),
    "stage": (None, "delivering"),
    "member_type": (None, "network"),
    "rows": ("member", "activity", "mission"),
    "row": (None, "learning"),
    "need_id": ("n1", "nobody"),
}


def values_of(name):
    if name in ("partner_id", "other_partner_id"):
        return PARTNER_VALUES
    return PROGRAMME_VALUES if name.endswith("programme_id") else OTHER_VALUES[name]


def some(viewers, partner):
    """In full all of them, else those who are no partner, and one partner: each test has another."""
    return [viewer for viewer in viewers if FULL or viewer.partner_id in ("", partner)]


def probes(count, viewers=OTHERS, seed=2019):
    """Questions with viewers and parameters; every question with every viewer, partners' and programmes' ids first."""
    dice = random.Random(seed)
    pairs = list(itertools.product(sorted(questions()), viewers))
    chances = [(name, viewer) for name, viewer in pairs if question(name).params]
    for number in range(count):
        name, viewer = pairs[number] if number < len(pairs) else dice.choice(chances)
        yield name, viewer, {field.name: dice.choice(values_of(field.name)) for field in question(name).params}


def ask(viewer, release, name, params):
    """The answer as a page or a download gets it, by row; empty where the parameters are refused."""
    try:
        return session.answer(viewer, release, name, Scope(**params)).to_dict("records")
    except (BadParameter, QueryStopped):
        return []


@pytest.fixture
def no_caches():
    """Tests that count on what is asked anew."""
    session._answer.cache_clear()
    session._row.cache_clear()


def test_the_detector_sees_what_a_steward_may_see(release, known):
    shown = set()
    for name, partner in itertools.product(questions(), (None, *REGISTERED)):
        declared = {field.name for field in question(name).params}
        params = {"partner_id": partner, "attribute": "sex", "by": "host", "horizon_days": 180, "quiet_days": 30}
        for row in ask(STEWARD, release, name, {key: params[key] for key in declared & params.keys()}):
            shown |= {number for value in row.values() for number in numbers(value)}
    assert all(len(shown & theirs) >= 5 for theirs in known.values()), {w: len(shown & t) for w, t in known.items()}


def test_a_partner_sees_its_own_exactly(release, known):
    for partner, viewer in PARTNERS.items():
        rows = ask(viewer, release, "completion_funnel/learners_per_step", {"partner_id": partner})
        alone = ALONE.get(partner, ("", 0))[1]
        assert rows[0]["learners"] == REGISTERED[partner] + alone
        assert not foreign(viewer, known, rows)


def test_no_question_gives_anybody_the_exact_counts_of_another(release, known):
    answered, leaks = 0, []
    for name, viewer, params in probes(PROBES):
        rows = ask(viewer, release, name, params)
        answered += bool(rows)
        leaks += [(name, viewer, params, leak) for leak in foreign(viewer, known, rows)]
    assert not leaks, leaks[:5]
    assert answered > PROBES / 5, "many probes must reach figures, or nothing was tried"


def test_no_download_gives_anybody_the_exact_counts_of_another(release, known, served_store, tenants_store):
    served_store(tenants_store)
    leaks = []
    for name, viewer, params in probes(600 if FULL else 120, seed=7):
        came = Visitor("somebody", viewer, viewer, lambda: True)
        try:
            text = _csv(came, release, name, Scope(**params)).decode("utf-8-sig")
            book = load_workbook(io.BytesIO(_xlsx(came, release, name, Scope(**params), NO_NOTES)))
        except (BadParameter, QueryStopped):
            continue
        rows = [{"cell": cell} for line in text.splitlines()[1:] for cell in line.split(",")]
        rows += [{"cell": cell} for row in book["Data"].iter_rows(min_row=2, values_only=True) for cell in row]
        leaks += [(name, viewer, params, leak) for leak in foreign(viewer, known, rows)]
    assert not leaks, leaks[:5]


def test_a_download_ends_with_the_access(release):
    gone = Visitor("somebody", STEWARD, STEWARD, lambda: False)
    with pytest.raises(NotAdmitted):
        _csv(gone, release, "overview/headline", Scope())
    with pytest.raises(NotAdmitted):
        _xlsx(gone, release, "overview/headline", Scope(), NO_NOTES)


def test_caches_never_give_one_the_answer_of_another(release, known, no_caches):
    for name, _, params in probes(len(questions()) * (3 if FULL else 1), (EXECUTIVE,), seed=3):
        first = {viewer: ask(viewer, release, name, params) for viewer in (*PARTNERS.values(), STEWARD, *OTHERS)}
        for viewer in (STEWARD, *OTHERS):
            again = ask(viewer, release, name, params)
            assert repr(again) == repr(first[viewer]), (name, viewer, params)
            assert not foreign(viewer, known, again), (name, viewer, params)


def test_one_row_answers_are_kept_apart_too(release, known, served_store, tenants_store, monkeypatch, no_caches):
    served_store(tenants_store)
    state = {}
    monkeypatch.setattr(session.st, "session_state", state)
    for viewer in (STEWARD, *OTHERS, STEWARD, *OTHERS):
        state.update({VISITOR_KEY: Visitor("x", viewer, viewer, lambda: True), session.RELEASE_KEY: release})
        for name in ("overview/headline", "completion_funnel/steps_compared", "programmes/totals"):
            for scope in (Scope(), Scope(partner_id="alder"), Scope(programme_id=ALONE["alder"][0])):
                assert not foreign(viewer, known, [session.ask_row(name, scope)]), (viewer, name)


def test_only_a_steward_sees_as_another(release, monkeypatch):
    state = {session.RELEASE_KEY: release}
    monkeypatch.setattr(session.st, "session_state", state)
    own = PARTNERS["alder"]
    state[VISITOR_KEY] = Visitor("x", own, own, lambda: True)
    scope = Scope(partner_id="birch")
    as_steward = session.ask("completion_funnel/learners_per_step", scope, as_viewer=STEWARD)
    assert REGISTERED["birch"] + ALONE["birch"][1] not in as_steward["learners"].tolist()


@pytest.mark.parametrize("viewer", some(OTHERS, "alder"), ids=str)
def test_the_command_answers_as_the_viewer_named(viewer, release, known, served_store, tenants_store, capsys):
    served_store(tenants_store)
    said = viewer.audience + (f":{viewer.partner_id}" if viewer.partner_id else "")
    asked = [
        ("completion_funnel/learners_per_step", {"partner_id": "cedar"}),
        ("overview/partner_shares", {}),
        ("programmes/totals", {"programme_id": ALONE["alder"][0]}),
    ]
    for name, params in asked:
        given = itertools.chain.from_iterable(("--param", f"{key}={value}") for key, value in params.items())
        assert main(["ask", name, *given, "--format", "json", "--as", said]) == 0
        shown = capsys.readouterr().out
        assert not foreign(viewer, known, [{"all": shown}]), (name, shown)


@pytest.mark.parametrize("written", ["partner:", "partner:all", "coalition:alder", "Steward", ""])
def test_the_command_knows_no_other_viewers(written, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["ask", "overview/headline", "--as", written])
    assert ended.value.code == 2


def test_nobody_is_the_partner_all():
    """Its rows would be the exact totals of everybody."""
    with pytest.raises(ValueError, match="not a viewer"):
        Viewer("partner", "all")


def everything(answers):
    """Every row of every table of a viewer's database, by table."""
    with answers._engine._connection.cursor() as cursor:
        tables = [name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: cursor.sql(f'FROM "{name}"').to_arrow_table().to_pylist() for name in tables}


@pytest.mark.parametrize("viewer", some(PARTNERS.values(), "dogwood"), ids=str)
def test_the_database_of_a_partner_holds_its_own_rows_only(viewer, release, known):
    answers = open_answers(viewer, release)
    tables = everything(answers)
    answers.close()
    assert set(tables) == queried_tables()
    alone = {ALONE[viewer.partner_id][0]} if viewer.partner_id in ALONE else set()
    for name in {*PROTECTED, STREAMS}:
        rows = tables[name]
        if rows and "partner_id" in rows[0]:
            assert {row["partner_id"] for row in rows} == {viewer.partner_id}, name
        else:
            assert {row["programme_id"] for row in rows} <= alone, name
        assert not foreign(viewer, known, rows), name
    assert tables["cube_funnel"] and tables[BENCHMARK]
    assert all(row["others_reports"] is None and row["two_largest"] is None for row in tables[BENCHMARK])
    for name, rows in tables.items():
        assert not foreign(viewer, known, rows), name


@pytest.mark.parametrize("viewer", some((STEWARD, *OTHERS), "birch"), ids=str)
def test_tables_that_all_share_are_what_each_would_have_loaded(viewer, release, known, tmp_path):
    shared = Shared(tmp_path / "shared.duckdb", shared_tables(release))
    write_shared(shared.file, shared.tables)
    alone, sharing = open_answers(viewer, release), open_answers(viewer, release, shared)

    def rows(answers, table):
        with answers._engine._connection.cursor() as cursor:
            return sorted(map(repr, cursor.sql(f'FROM "{table}"').fetchall()))

    assert shared.tables.keys() > {"fct_refugees", "fct_school_day"}
    assert not shared.tables.keys() & {*PROTECTED, STREAMS, HUB_DAYS}
    for table in sorted(queried_tables()):
        assert rows(alone, table) == rows(sharing, table), table
    alone.close(), sharing.close()


@pytest.mark.parametrize(("viewer", "base"), [(EXECUTIVE, 5), (EVERYBODY, 10)], ids=str)
def test_the_databases_of_others_hold_protected_counts_only(viewer, base, release, known):
    answers = open_answers(viewer, release)
    tables = everything(answers)
    answers.close()
    counts = {"registered", "reached", "learners", "learners_registered", "learners_reached", "learners_completed"}
    counts |= {"enrolled", "started", "active", "completed", "credential", "recognised", "runs", "requested", "decided"}
    seen = 0
    for name in PROTECTED:
        for row in tables[name]:
            for column in counts & row.keys():
                if row[column] is not None:
                    seen += 1
                    assert row[column] % base == 0 and row[column] >= 10, (name, row)
    assert seen > 50
    for name, rows in tables.items():
        assert not foreign(viewer, known, rows), name
    for name in ("cube_retention", "cube_quiet", "cube_like"):
        assert tables[name] == []
    if viewer == EVERYBODY:
        assert {row["partner_id"] for row in tables["cube_funnel"]} == {"all"}
        assert {row["partner_id"] for row in tables[STREAMS]} == {"all"}


def test_a_partner_asking_of_others_is_answered_as_everybody(release):
    alder = PARTNERS["alder"]
    for params in ({"partner_id": "birch"}, {"partner_id": "alder ", "programme_id": SHARED}, {}, {"partner_id": None}):
        assert answering_viewer(alder, release, "completion_funnel/learners_per_step", params) == EVERYBODY, params
    both = {"partner_id": "alder", "other_partner_id": "birch"}
    assert answering_viewer(alder, release, "cohorts/difference", both) == EVERYBODY
    assert answering_viewer(alder, release, "programmes/totals", {"programme_id": ALONE["birch"][0]}) == EVERYBODY
    assert answering_viewer(alder, release, "programmes/totals", {"programme_id": SHARED}) == EVERYBODY
    assert answering_viewer(alder, release, "programmes/totals", {"programme_id": ALONE["alder"][0]}) == alder


@pytest.mark.parametrize("viewer", some((*OTHERS, STEWARD), "cedar"), ids=str)
def test_the_rate_of_the_overview_and_its_trend_have_one_database(viewer, release):
    """Else a partner that alone reports a programme sees its own rows in the trend, and everybody's in the rate."""
    known = [None, SHARED, *(programme for programme, _ in ALONE.values())]
    for programme, partner in itertools.product(known, (None, viewer.partner_id or None)):
        params = {"programme_id": programme, "partner_id": partner, "horizon_days": 180}
        rate = answering_viewer(viewer, release, "overview/matured_completion", params)
        assert answering_viewer(viewer, release, "cohorts/completion_by_quarter", params) == rate, params
        if viewer.partner_id:
            assert rate == (viewer if partner else EVERYBODY), params


def test_eight_threads_mix_viewers_and_never_their_answers(release, known):
    asked = list(probes(1_600 if FULL else 120, (*OTHERS, STEWARD), seed=11))
    expected = [repr(ask(viewer, release, name, params)) for name, viewer, params in asked]

    def one(seed):
        order, wrong = list(range(len(asked))), []
        random.Random(seed).shuffle(order)
        for at in (order * 2)[:400]:
            name, viewer, params = asked[at]
            rows = ask(viewer, release, name, params)
            if repr(rows) != expected[at] or foreign(viewer, known, rows):
                wrong.append(asked[at])
        return wrong

    # Half of the questions go past the cache, to the databases that the threads share.
    session._answer.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert [wrong for found in pool.map(one, range(8)) for wrong in found] == []


def test_threads_share_a_database_and_never_a_result(release):
    """One connection without a cursor of its own for each query gave other tenants' rows."""
    answers = {viewer: session._answers(viewer, release) for viewer in (STEWARD, *PARTNERS.values())}
    name, wanted = (
        "completion_funnel/learners_per_step",
        {p: n + ALONE.get(p, ("", 0))[1] for p, n in REGISTERED.items()},
    )

    def one(seed):
        dice = random.Random(seed)
        for _ in range(400 if FULL else 60):
            partner = dice.choice(list(REGISTERED))
            viewer = dice.choice((STEWARD, PARTNERS[partner]))
            rows = answers[viewer].ask(name, {"partner_id": partner}).to_pylist()
            assert rows[0]["learners"] == wanted[partner]
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(8)))


def test_a_scope_has_no_field_that_the_probes_leave_out():
    names = {field.name for field in dataclasses.fields(Scope)}
    assert names == {"partner_id", "other_partner_id", "programme_id", "other_programme_id", *OTHER_VALUES}


def test_sealed_databases_take_no_writing(release):
    answers = open_answers(PARTNERS["alder"], release)
    with answers._engine._connection.cursor() as cursor, pytest.raises(duckdb.Error):
        cursor.execute("SET enable_external_access = true")
    answers.close()


LEARNER_METRICS = ("learners_registered", "learners_reached")
OPEN_METRICS = {"learners_affected", "hubs_named", "learners_contributed_direct", "offers_live"}


@pytest.mark.parametrize("metric", LEARNER_METRICS)
def test_changes_of_learners_are_for_stewards_only(metric, release, known):
    params = {"metric": metric, "from_release": 1, "to_release": 1}
    (figure,) = {row["value"] for row in ask(STEWARD, release, "what_changed/waterfall", params)} - {0}
    if metric == "learners_registered":
        assert figure in known["all"], "the figure must be one that the detector knows"
    for viewer in OTHERS:
        for name in ("what_changed/waterfall", "what_changed/rows_behind"):
            assert ask(viewer, release, name, params) == [], (viewer, name)
        figures = ask(viewer, release, "what_changed/figures", {"from_release": 1, "to_release": 1})
        assert {row["metric"] for row in figures} <= OPEN_METRICS
        assert answering_viewer(viewer, release, "what_changed/waterfall", params) == EVERYBODY


@pytest.mark.parametrize("viewer", some(OTHERS, "elder"), ids=str)
def test_the_command_and_downloads_keep_changes_of_learners_too(viewer, release, served_store, tenants_store, capsys):
    served_store(tenants_store)
    said = viewer.audience + (f":{viewer.partner_id}" if viewer.partner_id else "")
    given = ["--param", "metric=learners_registered", "--param", "from_release=1", "--param", "to_release=1"]
    for name in ("what_changed/waterfall", "what_changed/rows_behind"):
        assert main(["ask", name, *given, "--format", "json", "--as", said]) == 0
        assert capsys.readouterr().out.strip() == "[]"
        came = Visitor("somebody", viewer, viewer, lambda: True)
        scope = Scope(metric="learners_registered", from_release=1, to_release=1)
        assert len(_csv(came, release, name, scope).splitlines()) == 1
        assert load_workbook(io.BytesIO(_xlsx(came, release, name, scope, NO_NOTES)))["Data"].max_row == 1


def test_the_database_of_a_comparison_holds_no_rows_of_learners_for_others(release, tenants_store, known):
    from dashboard.access.viewer import _between

    for viewer in OTHERS:
        answers = type("Between", (), {"_engine": _between(viewer, tenants_store, 1, 1)})
        tables = everything(answers)
        assert set(tables) == changed_tables()
        for rows in tables.values():
            assert {row["about"] for row in rows} <= {"organisations"} and not foreign(viewer, known, rows)
    tables = everything(type("Between", (), {"_engine": _between(STEWARD, tenants_store, 1, 1)}))
    assert {row["metric"] for row in tables["changed_figure"]} >= set(LEARNER_METRICS)
