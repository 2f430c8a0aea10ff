"""Figures that others than owners see stand for a month or a quarter, whatever comes in meanwhile."""

import datetime

import pytest

from dashboard import actions
from dashboard.intake.front_door import import_file
from dashboard.store import erasure, releases
from dashboard.store.cadence import are_due
from tests.disclosure import crowd

DAY = datetime.date
PEOPLE = "partner_learners"


@pytest.fixture
def clock(monkeypatch):
    """Sets the day of publishing."""
    day = [DAY(2026, 3, 2)]
    monkeypatch.setattr(releases, "today", lambda: day[0])
    return lambda *then: day.__setitem__(0, DAY(*then))


@pytest.fixture
def publish(tmp_path, clock):
    """Publishes a register of so many women in Kenya, of each of four partners, as it stands on a day."""

    def publish(women, *day, anew=False):
        clock(*day)
        file = tmp_path / f"register-{DAY(*day)}-{women}.csv"
        lines = [
            f"{partner},{crowd.PROGRAMME},INVENTED-{partner}-{number},SDN,Kenya,female,18-24,secondary,2024-01-05,,,Yes"
            for partner in ("invented_a", "invented_b", "invented_c", "invented_d")
            for number in range(women)
        ]
        file.write_text("\n".join([crowd.HEADERS[PEOPLE], *lines]) + "\n", encoding="utf-8")
        import_file(tmp_path / "store", PEOPLE, file, DAY(*day))
        return releases.publish_release(tmp_path / "store", anew=anew)

    return publish


def views(release, audience):
    """The bytes of what an audience may have."""
    return {name: file.read_bytes() for name, file in release.views(audience).items()}


def test_a_release_in_the_same_month_shows_others_what_the_one_before_it_showed(publish):
    first, second = publish(50, 2026, 3, 2), publish(90, 2026, 3, 31)
    for audience in ("coalition", "public", "partner"):
        assert views(first, audience) and views(second, audience) == views(first, audience), audience
    assert second.marts["cube_funnel"].read_bytes() != first.marts["cube_funnel"].read_bytes()  # owners see it at once
    assert second.manifest["figures"]["coalition"] == {"since": 1, "made_on": "2026-03-02", "are_real": True}
    assert second.manifest["disclosure"] == first.manifest["disclosure"]  # they were audited when they were made


def test_the_coalition_sees_new_figures_in_the_next_month_and_the_public_in_the_next_quarter(publish):
    first, april, may = publish(50, 2026, 2, 2), publish(90, 2026, 3, 1), publish(95, 2026, 4, 1)
    assert views(april, "coalition") != views(first, "coalition")
    assert views(april, "public") == views(first, "public")
    assert views(may, "public") != views(first, "public")


def test_a_clock_that_is_set_back_makes_no_figures_anew(publish):
    first, before = publish(50, 2026, 3, 2), publish(90, 2026, 1, 15)
    assert views(before, "coalition") == views(first, "coalition")


def test_a_mistake_that_must_not_stand_is_replaced_at_once_when_that_is_said(publish):
    first, second = publish(50, 2026, 3, 2), publish(90, 2026, 3, 3, anew=True)
    assert views(second, "public") != views(first, "public")
    assert second.manifest["figures"]["public"]["since"] == 2


def test_an_erasure_shows_with_all_that_changed_by_the_next_month(publish, tmp_path, clock):
    """What others see is the same on the day after; rows and exact figures of whoever was erased are gone at once."""
    from dashboard.intake.identity import open_identity
    from dashboard.settings import learner_secret_file

    first = publish(50, 2026, 3, 2)
    shown = views(first, "coalition")
    identity = open_identity(learner_secret_file())
    person = erasure.Person(identity.id_key("INVENTED-invented_a-7"), "")
    clock(2026, 3, 9)
    done = actions.erase(tmp_path / "store", [person], identity)
    after = releases.open_release(tmp_path / "store")
    assert done.done.release == after.number and releases.release_numbers(tmp_path / "store") == [after.number]
    assert views(after, "coalition") == shown
    clock(2026, 4, 1)
    assert are_due(after, releases.today())
    assert views(releases.publish_release(tmp_path / "store"), "coalition") != shown


def test_the_same_command_in_the_next_month_makes_the_figures_that_are_due(publish, tmp_path, clock):
    publish(50, 2026, 3, 2), publish(90, 2026, 3, 20)
    store = tmp_path / "store"
    assert actions._serve(store, actions.THE_OPERATOR, ["import"])[1] is False
    clock(2026, 4, 1)
    release, is_new = actions._serve(store, actions.THE_OPERATOR, ["import"])
    assert is_new and release.manifest["figures"]["coalition"]["since"] == release.number


def test_what_is_invented_is_made_for_every_release(demo_store):
    """The demonstration's second release shows its own figures: nobody is in them."""
    second = releases.open_release(demo_store, 2)
    assert {said["since"] for said in second.manifest["figures"].values()} == {2}
