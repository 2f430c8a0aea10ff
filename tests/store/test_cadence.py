"""Figures that others than owners see stand for a month or a quarter, whatever comes in meanwhile."""

import datetime
import shutil

import pyarrow.parquet as pq
import pytest

from dashboard import actions
from dashboard.disclosure.protect import BENCHMARK
from dashboard.intake.front_door import import_file
from dashboard.store import erasure, releases
from dashboard.store.cadence import are_due
from dashboard.store.views import BESIDE, write_views
from tests.disclosure import crowd

DAY = datetime.date
PEOPLE = "partner_learners"


@pytest.fixture
def clock(monkeypatch):
    """Sets the day of publishing."""
    day = [DAY(2026, 2, 2)]
    monkeypatch.setattr(releases, "today", lambda: day[0])
    return lambda *then: day.__setitem__(0, DAY(*then))


def published(store, women, day, anew=False):
    """Publishes a register of so many women in Kenya, of each of four partners, as it stands on a day."""
    file = store.parent / f"register-{day}-{women}.csv"
    lines = [
        f"{partner},{crowd.PROGRAMME},INVENTED-{partner}-{number},SDN,Kenya,female,18-24,secondary,2024-01-05,,,Yes"
        for partner in ("invented_a", "invented_b", "invented_c", "invented_d")
        for number in range(women)
    ]
    file.write_text("\n".join([crowd.HEADERS[PEOPLE], *lines]) + "\n", encoding="utf-8")
    import_file(store, PEOPLE, file, day)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(releases, "today", lambda: day)
        return releases.publish_release(store, anew=anew)


@pytest.fixture(scope="module")
def of_fifty(tmp_path_factory):
    """A store with a register of fifty of each partner, published on 2 February."""
    store = tmp_path_factory.mktemp("fifty") / "store"
    published(store, 50, DAY(2026, 2, 2))
    return store


@pytest.fixture(scope="module")
def of_ninety_too(of_fifty, tmp_path_factory):
    """The same, and on the last day of the month a register of ninety."""
    store = copied(of_fifty, tmp_path_factory.mktemp("ninety"))
    published(store, 90, DAY(2026, 2, 28))
    return store


def copied(store, folder):
    return shutil.copytree(store, folder / "store")


def views(release, audience):
    """The bytes of what an audience may have."""
    return {name: file.read_bytes() for name, file in release.views(audience).items()}


def test_a_release_in_the_same_month_shows_others_what_the_one_before_it_showed(of_ninety_too):
    first, second = releases.open_release(of_ninety_too, 1), releases.open_release(of_ninety_too, 2)
    for audience in ("coalition", "public", "partner"):
        assert views(first, audience) and views(second, audience) == views(first, audience), audience
    assert second.marts["cube_funnel"].read_bytes() != first.marts["cube_funnel"].read_bytes()  # owners see it at once
    assert second.manifest["figures"]["coalition"] == {"since": 1, "made_on": "2026-02-02", "are_real": True}
    assert second.manifest["disclosure"] == first.manifest["disclosure"]  # they were audited when they were made


def test_the_coalition_sees_new_figures_in_the_next_month_and_the_public_in_the_next_quarter(of_fifty, tmp_path):
    store = copied(of_fifty, tmp_path)
    first = releases.open_release(store)
    march, april = published(store, 90, DAY(2026, 3, 1)), published(store, 95, DAY(2026, 4, 1))
    assert views(march, "coalition") != views(first, "coalition")
    assert views(march, "public") == views(first, "public")
    assert views(april, "public") != views(first, "public")


@pytest.mark.parametrize(
    ("lacking", "made_anew"),
    [
        ("coalition/cube_funnel", {"coalition"}),
        ("public/dim_stream", {"public"}),
        (f"{BESIDE}/{BENCHMARK}", {"public"}),
    ],
)
def test_figures_of_a_version_that_had_other_columns_are_made_anew_and_the_others_stand(
    tmp_path, monkeypatch, lacking, made_anew
):
    store = tmp_path / "store"

    def as_an_earlier_version(marts, folder, figures):
        account = write_views(marts, folder, figures)
        file = folder / f"{lacking}.parquet"
        table = pq.read_table(file)
        pq.write_table(table.select(table.column_names[:-1]), file)
        return account

    with monkeypatch.context() as earlier:
        earlier.setattr(releases, "write_views", as_an_earlier_version)
        first = published(store, 50, DAY(2026, 2, 2))
    second = published(store, 90, DAY(2026, 2, 3))
    assert {name for name, entry in second.manifest["figures"].items() if entry["since"] == 2} == made_anew
    (standing,) = {"coalition", "public"} - made_anew
    assert views(second, standing) == views(first, standing)
    file = second.folder / "views" / f"{lacking}.parquet"
    name = lacking.partition("/")[2]
    assert pq.read_schema(file).names == pq.read_schema(second.marts[name]).names


def test_a_clock_that_is_set_back_makes_no_figures_anew(of_fifty, tmp_path):
    store = copied(of_fifty, tmp_path)
    first, before = releases.open_release(store), published(store, 90, DAY(2026, 1, 15))
    assert views(before, "coalition") == views(first, "coalition")


def test_a_mistake_that_must_not_stand_is_replaced_at_once_when_that_is_said(of_fifty, tmp_path):
    store = copied(of_fifty, tmp_path)
    first, second = releases.open_release(store), published(store, 90, DAY(2026, 2, 3), anew=True)
    assert views(second, "public") != views(first, "public")
    assert second.manifest["figures"]["public"]["since"] == 2


def test_an_erasure_shows_with_all_that_changed_by_the_next_month(of_fifty, tmp_path, clock):
    """What others see is the same on the day after; rows and exact figures of whoever was erased are gone at once."""
    from dashboard.intake.identity import open_identity
    from dashboard.settings import learner_secret_file

    store = copied(of_fifty, tmp_path)
    shown = views(releases.open_release(store), "coalition")
    identity = open_identity(learner_secret_file())
    person = erasure.Person(identity.id_key("INVENTED-invented_a-7"), "")
    clock(2026, 2, 9)
    done = actions.erase(store, [person], identity)
    after = releases.open_release(store)
    assert done.done.release == after.number and releases.release_numbers(store) == [after.number]
    assert views(after, "coalition") == shown
    clock(2026, 3, 1)
    assert are_due(after, releases.today())
    assert views(releases.publish_release(store), "coalition") != shown


def test_the_same_command_in_the_next_month_makes_the_figures_that_are_due(of_ninety_too, tmp_path, clock):
    store = copied(of_ninety_too, tmp_path)
    clock(2026, 2, 28)
    assert actions._serve(store, actions.THE_OPERATOR, ["import"])[1] is False
    clock(2026, 3, 1)
    release, is_new = actions._serve(store, actions.THE_OPERATOR, ["import"])
    assert is_new and release.manifest["figures"]["coalition"]["since"] == release.number


def test_what_is_invented_is_made_for_every_release(demo_store):
    """The demonstration's second release shows its own figures: nobody is in them."""
    second = releases.open_release(demo_store, 2)
    assert {said["since"] for said in second.manifest["figures"].values()} == {2}
