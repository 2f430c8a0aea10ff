"""Every writer is known here: into the mirror of a bucket nobody writes but what was committed there."""

import ast
import inspect
from pathlib import Path

import pytest

import dashboard
from dashboard import actions
from dashboard.intake import proposals
from dashboard.store import archive, erasure, fetches, protocol, releases, retention, snapshots
from dashboard.store.fetches import FetchState
from dashboard.store.mirrored import ADDRESS, is_mirror, mirror_of
from dashboard.store.protocol import NotShared
from dashboard.store.shared import shared
from dashboard.watch import reported
from tests.store.tiny import SOURCE, bring_in, build_tiny_releases, intake, name_of

ROOT = Path(dashboard.__file__).parent
# Functions that take the lock under which a store is written. What calls them works within `shared`.
WRITERS = {
    "intake/proposals.py": {"propose", "discard", "_keep_preview"},
    "store/archive.py": {"back_up", "restore"},
    "store/erasure.py": {"remember", "carry_out", "traces"},
    "store/fetches.py": {"remember"},
    "store/releases.py": {"publish_release", "rollback"},
    "store/retention.py": {"prune"},
    "store/snapshots.py": {"keep", "undo", "withdraw"},
    "watch/reported.py": {"remember_reported"},
}
# What calls these in other modules, by the names they have there.
CALLED = {"publish_release", "rollback", "take_out", "carry_out", "propose", "discard", "back_up", "restore", "prune"}
CALLED |= {"keep", "undo", "remember", "remember_reported", "record"}
# Acts that only put something on record, which goes to the bucket by itself, or that ask what would be done.
ON_RECORD = {"handed_out", "backup", "restore", "prune"}


def calls(path: Path, names: set[str]) -> set[str]:
    """Functions of a module that call one of these names."""
    found, text = set(), path.read_text(encoding="utf-8")
    if not any(f"{name}(" in text for name in names):
        return found
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef):
            called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
            named = {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in called}
            if named & names:
                found.add(function.name)
    return found


def test_no_function_takes_the_lock_of_a_store_that_is_not_known_here():
    found = {str(path.relative_to(ROOT)): calls(path, {"locked"}) for path in ROOT.rglob("*.py")}
    assert {name: functions for name, functions in found.items() if functions} == WRITERS


@pytest.mark.parametrize("module", ["actions.py", "commands/operations.py"])
def test_every_act_that_writes_is_within_shared(module):
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    acts = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
    writing = calls(
        ROOT / module, CALLED | {"_serve", "_published", "_keep_on_record", "_on_record", "_release_on_record"}
    )
    within = {
        act.name
        for act in acts
        if {"shares", "shares_again"} & {getattr(one, "id", "") for one in act.decorator_list}
        or "shared" in {getattr(one.func, "id", "") for one in ast.walk(act) if isinstance(one, ast.Call)}
    }
    helpers = {act.name for act in acts if act.name.startswith("_")}
    assert within and writing & {act.name for act in acts} - within - helpers - ON_RECORD == set()


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A store that says of itself that it mirrors a bucket, and a proposal of its kind."""
    build_tiny_releases(monkeypatch)
    store = tmp_path / "room" / "store"
    bring_in(store, intake(tmp_path / "intake"))
    actions.publish(store)
    (store.parent / ADDRESS).write_text("s3://a-bucket/x", encoding="utf-8")
    return store


def test_a_writer_that_is_not_within_shared_is_refused(mirror, tmp_path):
    before = {path: path.read_bytes() for path in mirror.rglob("*") if path.is_file()}
    (snapshot,) = snapshots.snapshots(mirror, SOURCE)
    proposal = proposals.Proposal(snapshot, "", {}, {})
    (tmp_path / "archive").write_text("x")
    acts = [
        lambda: releases.publish_release(mirror),
        lambda: releases.rollback(mirror, 1),
        lambda: bring_in(mirror, tmp_path / "intake", "2020-03-21"),
        lambda: snapshots.undo(mirror, snapshot),
        lambda: snapshots.withdraw(mirror, SOURCE, name_of("2020-03-20")),
        lambda: erasure.remember(mirror, ["k"], str),
        lambda: erasure.carry_out(mirror, str, ""),
        lambda: retention.prune(mirror, 1, releases.today(), do=True),
        lambda: fetches.remember(mirror, FetchState("hubs")),
        lambda: proposals.discard(mirror, proposal),
        lambda: inspect.unwrap(reported.remember_reported)(mirror, ["k"], ""),
        lambda: inspect.unwrap(proposals._keep_preview)(mirror, "x", {"release": 1}),
        lambda: archive.back_up(mirror, tmp_path / "out"),
        lambda: archive.restore(tmp_path / "archive", mirror, tmp_path / "secret"),
    ]
    for at, act in enumerate(acts):
        with pytest.raises(NotShared):
            act()
            pytest.fail(f"act {at} wrote")
    assert {path: path.read_bytes() for path in mirror.rglob("*") if path.is_file()} == before


def test_a_folder_is_shared_as_it_is(tmp_path):
    with shared(tmp_path / "store") as place:
        assert place == tmp_path / "store" and not is_mirror(place) and mirror_of(place) == place
    assert not (tmp_path / "store").exists()


def test_a_working_copy_belongs_to_its_mirror_and_may_be_written(mirror):
    work = mirror.parent / "work" / "one" / "store"
    work.mkdir(parents=True)
    assert mirror_of(work) == mirror and not is_mirror(work)
    with protocol.locked(work):
        protocol.replace_file(work, "x", "y")
