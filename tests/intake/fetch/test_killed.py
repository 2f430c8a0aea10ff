"""Killed at any point a refresh leaves nothing or the whole, and the next one completes it.

Three points, and all of them with COALITION_FULL_TESTS=1.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.store import releases
from dashboard.store.audit_log import verify
from dashboard.store.protocol import locked
from dashboard.store.snapshots import pinned, snapshots
from tests.intake.fetch.killed import POINTS
from tests.store.tiny import FULL

SHORT = ("when a snapshot is kept", "before it is remembered", "when it waits")


@pytest.mark.parametrize("point", [point for point in POINTS if FULL or point in SHORT])
def test_killed_at_any_point_it_leaves_nothing_or_the_whole_and_the_next_completes_it(desk, point):
    kind, publisher = desk.play("file")
    waits = "wait" in point
    if not waits:  # a first capture is there, so that the card's own bounds let the second be published
        desk.one(kind.source)
    served, before = releases.open_release(desk.store).number, len(snapshots(desk.store, kind.source))
    environment = {**os.environ, "COALITION_CLOSURES_URL": publisher.address + "/closures.csv"}
    environment["COALITION_STORE"] = str(desk.store)
    if not waits:  # what changes is a word, and no size
        kind.rows[0] = kind.rows[0].replace("National", "Localized")
    died = subprocess.run(
        [sys.executable, "-m", "tests.intake.fetch.killed", point, "wait" if waits else "publish"],
        env=environment,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()[-600:]
    verify(desk.store)
    release = releases.open_release(desk.store)  # every file of it is whole
    assert release.number in (served, served + 1) and len(desk.waiting()) <= int(waits)
    outcome = desk.one(kind.source, publish=not waits)
    assert outcome.outcome == ("waiting" if waits else "unchanged" if release.number > served else "published"), outcome
    assert len(desk.waiting()) == int(waits)
    if not waits:
        # A release that was built and never pointed to keeps its number.
        assert releases.open_release(desk.store).number == served + (2 if "pointed" in point else 1)
        assert len(snapshots(desk.store, kind.source)) <= before + 1
        assert [row["status"] for row in desk.rows(kind.source)][0] == "partial"
    assert releases.is_built_from(releases.open_release(desk.store), pinned(desk.store))
    assert desk.state(kind.source).outcome == outcome.outcome
    assert desk.one(kind.source, publish=not waits).outcome == ("waiting" if waits else "unchanged")
    with locked(desk.store):  # as the next writer does
        pass
    assert not list(desk.store.glob(".staging/*")) and not list(desk.store.glob(".replaced/*/*/*"))
    desk.keeps_secrets()


def test_what_a_killed_refresh_had_fetched_is_gone_with_the_next_writer(desk):
    kind, publisher = desk.play("file")
    environment = {**os.environ, "COALITION_CLOSURES_URL": publisher.address + "/closures.csv"}
    environment["COALITION_STORE"] = str(desk.store)
    command = [sys.executable, "-m", "tests.intake.fetch.killed", "when the file has come", "publish"]
    subprocess.run(command, env=environment, cwd=Path(__file__).parents[3], capture_output=True, check=False)
    assert [path.name for path in desk.store.glob(".staging/*/*")] == ["closures.csv"]
    desk.one(kind.source)
    assert not list(desk.store.glob(".staging/*"))
