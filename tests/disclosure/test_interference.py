"""What a partner sees of its own is a function of its own files: nothing in others' files changes one byte of it.

Worlds of three partners with the same people in them, random changes to the files of two of them, and the two attacks
by which a partner once learned of one person whether another reports her, and what that one knows of her. In the short
form one partner asks its questions, and rows are compared for all three.
"""

import copy
import datetime
import json
import random
import shutil
from functools import cache

import pyarrow.parquet as pq
import pytest

from dashboard import actions
from dashboard.access.viewer import EVERYBODY, STEWARD, Viewer, answering_viewer, holdings, open_answers
from dashboard.actions import Actor
from dashboard.disclosure.protect import BENCHMARK, PROTECTED, AuditFailed
from dashboard.intake.consequences import consequence_of
from dashboard.intake.front_door import import_file
from dashboard.intake.proposals import is_a_members, preview, sent_together, waiting
from dashboard.store import releases
from dashboard.store.releases import open_release, publish_release
from dashboard.store.views import HUB_DAYS, STREAMS
from dashboard.warehouse.answers import ReleaseTooOld, queried_tables
from dashboard.warehouse.build import tables_of
from dashboard.warehouse.catalog import layer, question, questions, sources
from tests.access.tenants import FULL
from tests.disclosure import overlapping
from tests.disclosure.overlapping import OWN, PARTNERS, lone

WORLDS = 4 if FULL else 1
# To the files of each partner; each is compared for the two others.
CHANGES = 100 if FULL else 3
ANSWERED = 8 if FULL else 1
ROUNDS, FILES = (22, 22) if FULL else (1, 4)
DAY = datetime.date(2024, 6, 30)
LEARNERS = (
    "partner_id,programme_id,learner_id,email,country_origin,country_host,sex,age,education,registered_on,consent"
)
VICTIM = "ada@example.org"


@cache
def begun(number):
    """A world before anything is changed, and what each partner would have of it if nobody else reported anything."""
    found = overlapping.world(number)
    alone = {one: overlapping.own_rows(overlapping.build(overlapping.only(found, one), OWN), one) for one in PARTNERS}
    return found, alone


def changed(partners, number):
    """A world after so many random changes to the files of these partners."""
    rng = random.Random(f"{partners} {number}")
    return overlapping.change(begun(number % WORLDS)[0], partners, rng, rng.choice((1, 3, 10, 40)))


@pytest.mark.parametrize("partner", PARTNERS)
def test_no_change_of_a_partners_files_changes_the_rows_of_the_others(partner):
    others = [one for one in PARTNERS if one != partner]
    for number in range(CHANGES):
        tables = overlapping.build(changed([partner], number), OWN)
        for other in others:
            rows, expected = overlapping.own_rows(tables, other), begun(number % WORLDS)[1][other]
            assert [name for name in OWN if rows[name] != expected[name]] == [], (other, number)
    assert sum(count for count, _ in expected.values()) > 300 and all(
        expected[name][0] for name in OWN if name not in ("cube_retention", "cube_quiet", "cube_hub_attendance")
    )
    print(f"{CHANGES} changes of {partner}'s files, {2 * CHANGES} views of others compared")


def test_no_number_of_files_of_its_own_tells_a_partner_of_others():
    """File after file of alpha's about people of others, each previewed and published: its figures are as if alone."""
    found, figures = copy.deepcopy(begun(0)[0]), 0
    theirs = [row for one in ("beta", "gamma") for row in found[one]["partner_learners"]]
    for number in range(FILES):
        rng = random.Random(number)
        for row in rng.sample(theirs, rng.choice((1, 2, 8))):
            # By her id, by her address, or by both, in a programme of alpha's choice.
            by = rng.choice((("id_key",), ("email_key",), ("id_key", "email_key")))
            named = {key: row[key] if key in by else None for key in ("id_key", "email_key")}
            if any(named.values()):
                where = {"partner_id": "alpha", "programme_id": rng.choice((*overlapping.SHARED, lone("beta")))}
                told = {"country_host": "unknown", "sex": "not reported", "hours": None}
                found["alpha"]["partner_learners"].append({**row, **named, **where, **told})
        previewed = overlapping.own_rows(overlapping.build(overlapping.only(found, "alpha"), OWN), "alpha")
        published = overlapping.own_rows(overlapping.build(found, OWN), "alpha")
        assert [name for name in OWN if previewed[name] != published[name]] == [], number
        figures += sum(count for count, _ in published.values())
    print(f"{FILES} previews and releases, {figures} rows of figures seen, none of them depends on others")


def test_people_overlap_in_these_worlds_and_are_linked_in_totals():
    """Else nothing was tried: totals of all link across partners, and what is known of people differs between them."""
    for number in range(WORLDS):
        found, _ = begun(number)
        reach = overlapping.build(found, ("cube_reach",))["cube_reach"].to_pandas().sort_values("on_date")
        last = reach[reach["programme_id"] == "all"].groupby("partner_id").last()
        everybody = last.loc["all"]
        assert everybody["unique_lower"] <= everybody["learners_reached"] < everybody["unique_upper"]
        own = last.drop(index="all")
        assert everybody["unique_upper"] == own["learners_reached"].sum()
        assert (own["unique_lower"] == own["learners_reached"]).all()
        assert (own["unique_upper"] == own["learners_reached"]).all()


def test_the_bounds_hold_on_every_day_of_every_total():
    for number in range(WORLDS):
        found = changed(list(PARTNERS), number)
        reach = overlapping.build(found, ("cube_reach",))["cube_reach"].to_pandas()
        assert (reach["unique_lower"] <= reach["learners_reached"]).all()
        assert (reach["learners_reached"] <= reach["unique_upper"]).all()


@pytest.mark.parametrize("partner", PARTNERS if FULL else PARTNERS[1:2])
def test_no_change_of_others_files_changes_an_answer_about_a_partners_own(partner, tmp_path):
    expected = None
    names, others = overlapping.tables_queried(), [one for one in PARTNERS if one != partner]
    for number in range(ANSWERED + 1):
        found = changed(others, number * WORLDS) if number else begun(0)[0]
        release = overlapping.released(overlapping.build(found, names), tmp_path / str(number))
        viewer = Viewer("partner", partner)
        held = holdings(viewer, release)
        assert set(held) == queried_tables()
        for name in {*PROTECTED, STREAMS}:
            assert (held[name].column, held[name].values) == ("partner_id", (partner,)), name
        answers = open_answers(viewer, release)
        rows = {
            (name, *map(str, params.values())): repr(answers.ask(name, params).to_pylist())
            for name, params in _asked_of_own(viewer, release)
        }
        answers.close()
        expected = expected or rows
        assert [key for key in expected if rows[key] != expected[key]] == [], number
    assert len(expected) > 90 and sum(row != "[]" for row in expected.values()) > 40


def test_a_partner_is_told_of_a_programme_that_it_alone_reports_without_naming_itself(tmp_path):
    """Its own rows answer, as nobody else has any; the headline once said 0."""
    release = overlapping.released(overlapping.build(begun(0)[0], overlapping.tables_queried()), tmp_path)
    viewer, programme = Viewer("partner", "beta"), lone("beta")
    answers = open_answers(viewer, release)
    own = [row for row in _rows(release.marts["cube_funnel"]) if row["programme_id"] == programme]
    (registered,) = (
        row["registered"] for row in own if (row["partner_id"], row["attribute"], row["month"]) == ("beta", "all", None)
    )
    figures = {}
    for name, column in (
        ("programmes/totals", "learners"), ("overview/headline", "learners_reached"),
        ("overview/growth", "learners_reached"), ("programmes/outcomes", "runs"),
        ("completion_funnel/months", "learners"),
    ):  # fmt: skip
        params = {"programme_id": programme}
        assert answering_viewer(viewer, release, name, params) == viewer
        figures[name] = [row[column] for row in answers.ask(name, params).to_pylist()]
    answers.close()
    assert figures["programmes/totals"] == [registered] and sum(figures["completion_funnel/months"]) == registered
    assert all(map(sum, figures.values())), figures


def _asked_of_own(viewer, release):
    """Every question that is answered from a partner's own rows, with what it may ask for."""
    mine = viewer.partner_id
    for name in sorted(questions()):
        declared = {field.name for field in question(name).params}
        for programme in (None, lone(mine), "coursera_for_refugees", "kiron_campus"):
            for attribute in ("sex", "country_host"):
                wanted = {
                    "partner_id": mine, "other_partner_id": mine, "programme_id": programme,
                    "other_programme_id": programme, "attribute": attribute, "by": "host", "horizon_days": 90,
                    "quiet_days": 30, "country_iso3": "KEN", "from_date": datetime.date(2023, 1, 1), "by_day": 60,
                    "hub_id": "hub-nairobi",
                }  # fmt: skip
                params = {key: value for key, value in wanted.items() if key in declared}
                if answering_viewer(viewer, release, name, params) == viewer:
                    yield name, params


def test_what_is_not_a_partners_own_is_public_or_nobodys(small_store):
    """A partner's database holds its own rows, what everybody has, and what is about nobody; no table else."""
    release = open_release(small_store)
    held = holdings(Viewer("partner", "alpha"), release)
    own = {name for name, one in held.items() if one.column == "partner_id" and one.values == ("alpha",)}
    assert own == {*PROTECTED, STREAMS}
    assert held[HUB_DAYS].file == release.views("public")[HUB_DAYS]
    assert held[BENCHMARK].file == release.views("partner")[BENCHMARK]
    # Of others' files it tells which programmes there are and which universities agreed, as everybody is told.
    of_people = {name for name in held if _made_of(name) & {f"raw_{source}" for source in _about_people()}}
    assert of_people - own == {HUB_DAYS, "dim_programme", "dim_agreement"}
    assert _columns(held["dim_programme"].file) == ["programme_id", "programme", "audience", "in_total"]


def test_a_release_of_an_earlier_version_is_refused(tmp_path):
    """Its tables do not say whose rows they hold, and its partners' rows depend on others' files."""
    tables = overlapping.build(begun(0)[0], overlapping.tables_queried())
    tables["cube_flow"] = tables["cube_flow"].drop_columns(["partner_id"])
    release = overlapping.released(tables, tmp_path)
    for viewer in (STEWARD, EVERYBODY, Viewer("partner", "alpha")):
        with pytest.raises(ReleaseTooOld, match="earlier version"):
            holdings(viewer, release)


def test_lists_that_are_nobodys_are_brought_in_by_stewards_alone():
    """Hubs, their sessions and phases stand on every partner's pages: no partner may send them."""
    assert not [name for name in ("hubs", "hub_sessions", "programme_phases") if is_a_members(sources()[name])]


def _about_people():
    return [name for name, card in sources().items() if card.people]


@cache
def _made_of(name):
    """The files that a table is made of, through all steps between."""
    steps = {query.name: query.sql for query in (*layer("staging"), *layer("marts"), *layer("cubes"))}
    if name not in steps:
        return frozenset({name})
    return frozenset().union(*(_made_of(read) for read in tables_of(steps[name])))


def _columns(file):
    return pq.read_schema(file).names


def _rows(file):
    return pq.read_table(file).to_pylist()


# The attacks, through the front door.


def register(folder, name, *rows):
    file = folder / f"{name}.csv"
    file.write_text("\n".join([LEARNERS, *rows]) + "\n", encoding="utf-8")
    return file


def crowd(partner, count, programme="coursera_for_refugees"):
    return [
        f"{partner},{programme},{partner}-{number},,SYR,KEN,female,25,secondary,2024-01-02,Yes"
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Stores with alpha's file. In `with` and `without` beta and gamma report too: `with` her, or without her."""
    found = {}
    her = "beta,coursera_for_refugees,B-77,ada@example.org,AFG,UGA,female,31,bachelor,2024-01-05,Yes"
    for name in ("with", "without", "alone"):
        folder = tmp_path_factory.mktemp(name)
        files = {"alpha": crowd("alpha", 30)}
        if name != "alone":
            files["beta"] = [*crowd("beta", 37), *crowd("beta", 23, "beta_school"), *([her] if name == "with" else [])]
            files["gamma"] = crowd("gamma", 41)
        for partner, rows in files.items():
            import_file(folder / "store", "partner_learners", register(folder, partner, *rows), DAY)
        publish_release(folder / "store")
        found[name] = folder / "store"
    return found


@pytest.fixture
def stores(made, tmp_path):
    """Copies of the stores, for one test."""
    return {name: shutil.copytree(store, tmp_path / name) for name, store in made.items()}


def sent(store, folder, number, *rows):
    """A file of alpha's, sent on a later day: what was sent before, and more."""
    file = register(folder, f"sent-{number}", *crowd("alpha", 30), *rows)
    day = DAY + datetime.timedelta(number)
    return actions.bring_in(store, "partner_learners", file, Actor("officer"), day, partner="alpha")


def seen_of_preview(store, proposal):
    """All that alpha is shown of a file that waits: what would follow, and which figures would change."""
    together = sent_together(proposal, waiting(store))
    follows = consequence_of(store, [one.arrival for one in together], "alpha")
    return json.dumps([follows.as_json(), preview(store, proposal, "alpha")], sort_keys=True, default=str)


def seen_of_release(store):
    """All rows that alpha has of its own."""
    release = open_release(store)
    viewer = Viewer("partner", "alpha")
    found = {}
    for name, held in holdings(viewer, release).items():
        if held.column and name != BENCHMARK:
            rows = [row for row in _rows(held.file) if row["partner_id"] == "alpha"]
            found[name] = repr(rows)
    return found


TWO_ROWS = (
    # Two rows about one person: were she linked by beta's file, they would be one learner.
    "alpha,coursera_for_refugees,,ada@example.org,,JOR,,,,2024-02-01,Yes",
    "alpha,coursera_for_refugees,B-77,,,LBN,,,,2024-02-01,Yes",
)
ONE_ROW = ("alpha,coursera_for_refugees,B-77,,,,,,,2024-02-01,Yes",)


def test_two_rows_about_a_person_do_not_tell_whether_another_reports_her(stores, tmp_path):
    seen, owned = [], []
    for store in (stores["with"], stores["without"]):
        proposal = sent(store, tmp_path, 1, *TWO_ROWS)
        seen.append(seen_of_preview(store, proposal))
        actions.accept(store, [proposal], Actor("steward"), confirmed=True)
        owned.append(seen_of_release(store))
    assert seen[0] == seen[1] and owned[0] == owned[1]
    figures = {
        row["figure"]: (row["before"], row["after"])
        for row in json.loads(seen[0])[1]["figures"]
        if row["programme"] == "coursera_for_refugees"
    }
    assert figures == {"learners_registered": (30, 32)}  # registers only: nobody has learned anything yet


def test_a_partners_preview_does_not_tell_whether_the_privacy_check_would_pass(stores, tmp_path, monkeypatch):
    """With invented rows it would tell whether counts of others are just below or above a threshold."""

    def refuse(*_):
        raise AuditFailed("counts could still be worked out (around registered, kiron_campus, beta, sex, female)")

    proposal = sent(stores["with"], tmp_path, 1, *TWO_ROWS)
    expected = seen_of_preview(stores["with"], proposal)
    monkeypatch.setattr(releases, "write_views", refuse)
    assert seen_of_preview(stores["with"], proposal) == expected
    with pytest.raises(AuditFailed):
        preview(stores["with"], proposal)
    assert set(json.loads(expected)[1]) == {"release", "figures"}


def test_own_rows_show_nothing_that_another_knows_of_a_person(stores, tmp_path):
    seen = []
    for store in (stores["with"], stores["without"]):
        actions.accept(store, [sent(store, tmp_path, 1, *ONE_ROW)], Actor("steward"), confirmed=True)
        seen.append(seen_of_release(store))
    assert seen[0] == seen[1]
    assert "'UGA'" not in seen[0]["cube_country"] and "'AFG'" not in seen[0]["cube_country"]
    assert "'attribute_value': 'not reported', 'month': None, 'registered': 1," in seen[0]["cube_funnel"]


def test_no_number_of_previews_and_releases_tells_a_partner_of_others(stores, tmp_path):
    """Alpha tries each round another file about people of others, in two worlds: with the others and quite alone."""
    store, alone = stores["with"], stores["alone"]
    figures = foreign = 0
    for number in range(1, ROUNDS + 1):
        rng = random.Random(number)
        names = ["B-77", *(f"beta-{n}" for n in range(37)), *(f"gamma-{n}" for n in range(41))]
        rows = [
            f"alpha,{('coursera_for_refugees', 'beta_school')[(number + at) % 2]},{name if rng.random() < 0.7 else ''},"
            f"{VICTIM if rng.random() < 0.5 else f'{name}@example.org'},,{rng.choice(('JOR', ''))},,,,2024-02-01,Yes"
            for at, name in enumerate(rng.sample(names, rng.choice((1, 2, 12))))
        ]
        pairs = []
        for one in (store, alone):
            proposal = sent(one, tmp_path, number, *rows)
            before = seen_of_preview(one, proposal)
            actions.accept(one, [proposal], Actor("steward"), confirmed=True)
            pairs.append((before, seen_of_release(one)))
        (previewed, own), (previewed_alone, own_alone) = pairs
        figures += len(json.loads(previewed)[1]["figures"]) + len(own)
        foreign += previewed != previewed_alone
        foreign += sum(own[name] != own_alone[name] for name in own)
    print(f"{ROUNDS} previews and releases, {figures} figures and tables compared, {foreign} told of others")
    assert foreign == 0
