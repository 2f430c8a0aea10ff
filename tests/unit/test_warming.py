"""A release that another process published is served when it is warm; one of this process at once."""

import shutil
import time
from threading import Event, Thread

import pytest

from dashboard import session
from dashboard.access.viewer import EVERYBODY, STEWARD, Viewer
from dashboard.server import prefetch
from dashboard.store import releases
from dashboard.store.protocol import locked, point
from dashboard.store.removal import bury
from dashboard.store.workspace import ABOUT_NOBODY, STAGING


@pytest.fixture
def store(changed_store, served_store, tmp_path):
    """A store of two releases whose first is served; nothing of it was seen by this process."""
    copy = tmp_path / "store"
    shutil.copytree(changed_store, copy)
    copy.chmod(0o700)
    point(copy, releases.CURRENT, "1")
    served_store(copy)
    session.let_go()
    return copy


@pytest.fixture
def warmed(monkeypatch):
    """What was warmed, and whether it could wait; warming ends when the event is set."""
    asked, go_on = [], Event()

    def warm(release, can_wait):
        asked.append((release.number, can_wait))
        if can_wait:
            assert go_on.wait(30)

    monkeypatch.setattr(session, "_warmers", [warm])
    yield asked, go_on
    go_on.set()


def serves(number):
    for _ in range(300):
        if session.begin()[0].number == number:
            return True
        time.sleep(0.05)
    return False


def test_until_a_release_of_another_process_is_warm_the_one_before_is_served(store, warmed):
    asked, go_on = warmed
    assert session.begin()[0].number == 1

    point(store, releases.CURRENT, "2")  # as another process does

    assert [session.begin()[0].number for _ in range(5)] == [1] * 5
    go_on.set()
    assert serves(2)
    assert asked == [(1, False), (2, True)]


def test_what_this_process_has_served_is_served_at_once(store, warmed):
    assert session.begin()[0].number == 1

    releases.rollback(store, 2)

    assert session.begin()[0].number == 2


def test_a_release_that_cannot_be_loaded_is_met_as_without_warming(store, warmed):
    _asked, go_on = warmed
    go_on.set()
    assert session.begin()[0].number == 1
    mart = next((store / "releases" / "2" / "marts").iterdir())
    mart.chmod(0o600)
    mart.write_bytes(b"flipped")

    point(store, releases.CURRENT, "2")

    for _ in range(100):
        release, notice = session.begin()
        if notice:
            break
        time.sleep(0.05)
    assert release.number == 1 and "Release 1 is shown" in notice


def test_a_release_that_is_deleted_is_not_answered_from_memory(store, monkeypatch):
    point(store, releases.CURRENT, "2")
    newest, _notice = session.begin()
    monkeypatch.setattr(session.st, "query_params", {"release": "1"})
    monkeypatch.setattr(session.st, "session_state", {})
    assert session.take_release().number == session.served(1).number == session.release_before(newest).number == 1

    with locked(store):
        bury(store, 1, "it was older than 13 months", "2026-11-29")  # as another process does

    assert session.take_release().number == 2 and session.served(1) is None and session.release_before(newest) is None


def test_without_a_server_nothing_is_warmed(store):
    assert session.begin()[0].number == 1

    point(store, releases.CURRENT, "2")

    assert session.begin()[0].number == 2


def test_readers_who_come_together_open_one_database(store, monkeypatch):
    release, _notice = session.begin()
    opened, never = [], Event()

    def open_answers(viewer, _release, _shared):
        opened.append(viewer)
        never.wait(0.2)  # the others come meanwhile
        return object()

    monkeypatch.setattr(session, "open_answers", open_answers)
    found = []
    readers = [Thread(target=lambda: found.append(session._answers(STEWARD, release))) for _ in range(5)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(20)
    assert opened == [STEWARD] and len(set(map(id, found))) == 1 and len(found) == 5
    session.let_go()


def test_a_disk_that_fails_once_does_not_end_the_looking_for_releases(monkeypatch):
    looks, third = [], Event()

    def begin():
        looks.append(len(looks))
        if len(looks) == 1:
            raise OSError("input/output error")
        if len(looks) == 3:
            third.set()

    monkeypatch.setattr(prefetch, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(prefetch, "begin", begin)
    with prefetch.pick_up_releases():
        assert third.wait(20)


def test_the_shared_tables_of_releases_that_nobody_asks_for_any_more_leave_the_disk(store, monkeypatch):
    def files():
        return len(list((store / STAGING).rglob(ABOUT_NOBODY)))

    def captures(viewer, release):
        return session._answers(viewer, release).ask("school_closures/captures", {}).num_rows

    monkeypatch.setattr(session, "RELEASES_SHARED", 1)
    first, second = (releases.open_release(store, number) for number in (1, 2))
    before = captures(EVERYBODY, first)
    assert before and files() == 1
    assert captures(EVERYBODY, second) and files() == 1
    assert captures(EVERYBODY, first) == before, "what is open is read on"
    assert captures(Viewer("partner", "alpha"), first) == before and files() == 1
    session.let_go()
    assert files() == 0
