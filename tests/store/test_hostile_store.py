"""A hostile or clumsy hand at the store's folder: names, links, modes, clocks, strays and forged files get sentences.

In full with COALITION_FULL_TESTS=1, else a part of the same cases.
"""

import ast
import datetime
import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

import dashboard
from dashboard import actions
from dashboard.commands.cli import main
from dashboard.intake import proposals
from dashboard.intake.front_door import import_file
from dashboard.intake.identity import open_identity
from dashboard.settings import learner_secret_file
from dashboard.store import audit_log, erasure, names, protocol, releases, snapshots, workspace
from dashboard.store.audit_log import AuditBroken, NotRecorded, record, verify
from dashboard.store.protocol import StoreDamaged
from dashboard.store.removal import bury
from dashboard.store.snapshots import NoSuchSnapshot
from tests.conftest import CAPTURED, FIXTURES
from tests.store.simulated_disk import copy_of
from tests.store.test_interrupted import small_disk
from tests.store.tiny import FULL, SOURCE, bring_in, build_tiny_releases, in_a_process, intake, name_of

ROOT = Path(dashboard.__file__).parent
CLASS_NAME = re.compile(r"coalition: \w*(Error|Exception|Damaged|Warning)\b|Traceback")


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Two releases of two snapshots and a log of seven lines, made by the one door."""
    build_tiny_releases(monkeypatch)
    open_identity(learner_secret_file())
    store = tmp_path / "store"
    bring_in(store, intake(tmp_path / "intake"), "2020-03-20")
    actions.publish(store)
    bring_in(store, tmp_path / "intake", "2020-03-21")
    actions.publish(store)
    for number in range(5):
        record(store, "login", "somebody", f"{number}")
    return store


def forged(folder: Path, **changed: object) -> None:
    """Writes another manifest into the folder, whose digest is right."""
    file = folder / "manifest.json"
    said = {**json.loads(file.read_text()), **changed}
    said = {key: value for key, value in said.items() if value is not None}
    said["digest"] = protocol._digest(said)
    folder.chmod(0o700)
    file.chmod(0o600)
    file.write_text(protocol._manifest_text(said))


# Names


@pytest.mark.parametrize(
    "name", ["..", "../..", "../../releases", ".", "", "/", "/etc", "a/../..", "x\0y", "-", "x" * 900]
)
@pytest.mark.parametrize("source", [SOURCE, "..", "../snapshots", "nothing"])
def test_no_name_of_a_snapshot_leads_out_of_its_source(store, name, source):
    before = sorted(store.rglob("*"))
    with pytest.raises(NoSuchSnapshot):
        actions.withdraw(store, source, name)
    assert main(["--store", str(store), "withdraw", source, name.replace("\0", "") or "."]) == 1
    assert sorted(store.rglob("*")) == before


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("2020-03-20-1a2b3c4d.e1", True), ("views/coalition/x.parquet", True), ("a b", True), ("..", False),
     ("a/../b", False), ("/a", False), ("a//b", False), (".hidden", False), ("a\\b", False), ("a\nb", False),
     ("", False), ("x" * 201, False)],
)  # fmt: skip
def test_a_place_in_the_store_is_names_with_strokes_between(tmp_path, text, is_one):
    assert names.is_relative_path(text) == is_one
    if not is_one:
        with pytest.raises(names.NoSuchPlace):
            names.below(tmp_path, text)
    assert names.plain("..", "download") == "download" and names.plain("a.csv", "download") == "a.csv"


@pytest.mark.parametrize("name", ["../../CURRENT", "/etc/passwd", "marts/../../../CURRENT", "", ".."])
def test_a_manifest_that_names_a_file_elsewhere_is_damage(store, name):
    body = (store / "CURRENT").read_bytes()
    (store.parent / "CURRENT").write_bytes(body)
    said = json.loads((store / "releases" / "2" / "manifest.json").read_text())["files"]
    forged(store / "releases" / "2", files={**said, name: {"bytes": len(body), "sha256": "0" * 64}})
    with pytest.raises(StoreDamaged, match="cannot be in its folder"):
        releases.open_release(store, 2)


def test_a_release_that_pins_a_place_elsewhere_is_damage(store):
    pins = json.loads((store / "releases" / "2" / "manifest.json").read_text())["snapshots"]
    pins[SOURCE][0]["folder"] = "../../elsewhere"
    forged(store / "releases" / "2", snapshots=pins)
    with pytest.raises(StoreDamaged, match="is not release 2"):
        releases.open_release(store, 2)


def test_a_copy_of_a_release_under_another_number_is_no_release(store):
    shutil.copytree(store / "releases" / "1", store / "releases" / "7")
    with pytest.raises(StoreDamaged, match="is not release 7 .found: release 1.*Move the folder away"):
        releases.open_release(store, 7)
    forged(store / "releases" / "2", kind="preview")
    with pytest.raises(StoreDamaged, match="is not release 2"):
        releases.open_release(store)
    assert releases.last_good_release(store)[0].number == 1


# Links


def test_a_link_in_the_store_leads_nowhere_and_what_it_points_at_is_left_alone(store, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (elsewhere / "kept").write_bytes(b"x")
    for place in ("snapshots/" + SOURCE, "releases", "erased", "withdrawn/hubs", "previews", "proposals/hubs"):
        workspace.make_folder(store / place)
        (store / place / "7").symlink_to(elsewhere)
    assert [one.folder.name for one in snapshots.snapshots(store, SOURCE)] == [
        name_of("2020-03-20"),
        name_of("2020-03-21"),
    ]
    with pytest.raises(NoSuchSnapshot):
        actions.withdraw(store, SOURCE, "7")
    assert actions.publish(store).number == 3 and not proposals.waiting(store)
    assert (elsewhere / "kept").read_bytes() == b"x" and elsewhere.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("place", [".staging", ".lock", ".replaced", "audit"])
def test_a_link_where_the_store_works_is_refused_and_not_followed(store, tmp_path, place):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (elsewhere / "kept").write_bytes(b"x")
    if (store / place).is_dir():
        shutil.rmtree(store / place)
    (store / place).unlink(missing_ok=True)
    (store / place).symlink_to(elsewhere)
    with pytest.raises(StoreDamaged, match="is a link"):
        releases.publish_release(store)
    assert [path.name for path in elsewhere.iterdir()] == ["kept"] and elsewhere.stat().st_mode & 0o777 == 0o755


def test_a_file_of_a_release_that_became_a_link_is_damage(store, tmp_path):
    mart = next((store / "releases" / "2" / "marts").iterdir())
    shutil.copy(mart, tmp_path / "copy")
    mart.parent.chmod(0o700)
    mart.unlink()
    mart.symlink_to(tmp_path / "copy")
    with pytest.raises(StoreDamaged, match="is a link"):
        releases.open_release(store, 2)


# Modes


def modes_open_to_others(store: Path) -> list[str]:
    return [
        f"{path.relative_to(store)} {path.lstat().st_mode & 0o777:o}"
        for path in (store, *store.rglob("*"))
        if path.lstat().st_mode & 0o077
    ]


def test_nothing_in_a_store_is_open_to_others_whatever_the_umask_and_after_a_restore(tmp_path, monkeypatch):
    build_tiny_releases(monkeypatch)
    before = os.umask(0)
    try:
        store, other = tmp_path / "made" / "store", tmp_path / "restored" / "store"
        bring_in(store, intake(tmp_path / "intake"), "2020-03-20")
        actions.publish(store)
        actions.withdraw(store, SOURCE, name_of("2020-03-20"))
        actions.publish(store)
        assert main(["--store", str(store), "backup", str(tmp_path / "a.tar.gz")]) == 0
        assert main(["restore", str(tmp_path / "a.tar.gz"), "--store", str(other)]) == 0
    finally:
        os.umask(before)
    for one in (store, other):
        assert modes_open_to_others(one) == []
        for path in (one / "releases" / "2").rglob("*"):
            assert path.stat().st_mode & 0o777 == (0o500 if path.is_dir() else 0o400)


def test_a_store_that_was_open_to_others_is_shut_by_the_next_writer(store):
    store.chmod(0o755)
    releases.publish_release(store)
    assert store.stat().st_mode & 0o777 == 0o700


# Clocks


def test_of_two_files_of_one_day_the_later_one_is_served_though_the_clock_was_set_back(store, tmp_path, monkeypatch):
    monkeypatch.setattr(snapshots, "now", lambda: "2019-01-01T00:00:00+00:00")
    later = bring_in(store, tmp_path / "intake", "2020-03-21", "whole")
    assert later.imported_at < "2020"
    release = releases.publish_release(store)
    pins = [Path(pin["folder"]).name for pin in release.manifest["snapshots"][SOURCE]]
    assert pins == [name_of("2020-03-20"), later.folder.name]
    assert bring_in(store, tmp_path / "intake", "2020-03-21", "whole").folder == later.folder


def test_a_file_without_a_day_is_not_taken_for_an_older_one_when_the_clock_was_set_back(store, tmp_path, monkeypatch):
    class SetBack(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.datetime(2021, 1, 1, tzinfo=tz)

    monkeypatch.setattr(actions.datetime, "datetime", SetBack)
    for take in (actions.import_files, actions.bring_in):
        files = [tmp_path / "x.csv"] if take is actions.import_files else tmp_path / "x.csv"
        with pytest.raises(actions.ClockSetBack, match="2021-01-01 .* was published on 20"):
            take(store, SOURCE, files, actions.THE_OPERATOR)


def test_a_number_that_a_release_had_is_never_given_again(store):
    releases.rollback(store, 1)
    with protocol.locked(store):
        bury(store, 2, "it was old", "2026-01-01")
    assert releases.publish_release(store).number == 3


# The audit log


def test_log_and_head_deleted_together_are_noticed_by_the_releases(store):
    for name in ("log.jsonl", "HEAD"):
        (store / "audit" / name).unlink()
    with pytest.raises(AuditBroken, match="Release 1 was published when line 1 .* has 0 lines"):
        verify(store)
    record(store, "login", "somebody", "as if nothing had been")
    with pytest.raises(AuditBroken, match="Release 1 .* has another line of that number"):
        verify(store)


def test_a_history_written_anew_with_its_head_is_noticed_by_the_releases(store):
    shutil.rmtree(store / "audit")
    for number in range(1, 8):
        record(store, "login", "somebody else", f"invented {number}")
    with pytest.raises(AuditBroken, match="Release 1 "):
        verify(store)


def test_an_end_that_was_cut_off_together_with_its_head_is_noticed_by_the_last_release(store):
    lines = (store / "audit" / "log.jsonl").read_bytes().splitlines(keepends=True)
    (store / "audit" / "log.jsonl").write_bytes(lines[0])
    audit_log._write_head(store / "audit", audit_log._Head(1, audit_log._sha256(lines[0][:-1]), len(lines[0])))
    with pytest.raises(AuditBroken, match="Release 2 was published when line 2 "):
        verify(store)


def test_the_log_of_a_sound_store_names_every_release(store):
    assert verify(store).anchored == (1, 2) and verify(store).count == 7


def test_a_broken_log_is_put_aside_openly_and_the_alarm_ends(store, capsys):
    (store / "audit" / "log.jsonl").write_bytes(b"")
    with pytest.raises(AuditBroken, match="audit renew"):
        verify(store)
    assert main(["--store", str(store), "audit", "renew", "--reason", "a disk was lost"]) == 0
    assert main(["--store", str(store), "audit", "verify"]) == 0
    said = capsys.readouterr().out
    assert "operator began the log anew after release 2" in said and "a disk was lost" in said
    assert (store / "audit" / "former" / "1" / "HEAD").is_file()
    actions.publish(store)
    assert verify(store).anchored == (3,)
    shutil.rmtree(store / "audit")
    with pytest.raises(AuditBroken, match="Release 1 was published"):
        verify(store)


def fails(monkeypatch, where: str, times: int = 1_000) -> None:
    """Has a call of the audit log fail as on a full disk."""
    real, left = getattr(audit_log, where), [times]

    def call(*given):
        if left[0] > 0:
            left[0] -= 1
            raise OSError(28, "No space left on device")
        return real(*given)

    monkeypatch.setattr(audit_log, where, call)


def test_a_disk_that_stays_full_leaves_no_alarm_however_many_try(store, monkeypatch):
    before = (store / "audit" / "log.jsonl").read_bytes()
    fails(monkeypatch, "_write_head", 3)
    for _ in range(3):
        with pytest.raises(NotRecorded, match="No space left on device.*Free space"):
            record(store, "export", "somebody", "x")
        assert (store / "audit" / "log.jsonl").read_bytes() == before and verify(store).count == 7
    record(store, "export", "somebody", "at last")
    assert verify(store).count == 8 and not verify(store).mended


@pytest.mark.parametrize("trouble", [OSError(28, "No space left on device"), duckdb.IOException("No space left")])
def test_a_full_disk_is_one_sentence_whoever_notices_it(trouble):
    with pytest.raises(protocol.NoRoom, match="disk of the store is full.*Free space"), protocol.in_words():
        raise trouble


def test_who_signs_in_while_the_disk_is_full_comes_in_and_the_next_line_says_so(store, monkeypatch):
    fails(monkeypatch, "_write_head", 2)
    assert not audit_log.note(store, "login", "one", "x") and not audit_log.note(store, "denial", "two", "y")
    found = audit_log.missed(store)
    assert found and found.count == 2 and "No space" in found.why
    assert audit_log.note(store, "login", "three", "z") and audit_log.missed(store) is None
    assert "2 logins or denials since" in verify(store).notices[0]


def test_what_must_be_on_record_is_not_done_without_it(store, monkeypatch):
    fails(monkeypatch, "_write_head")
    files = sorted(path for path in store.rglob("*") if ".staging" not in path.parts)
    for act in (
        lambda: actions.publish(store),
        lambda: actions.roll_back(store, 1),
        lambda: actions.withdraw(store, SOURCE, name_of("2020-03-20")),
        lambda: actions.handed_out(store, "rows"),
    ):
        with pytest.raises(NotRecorded):
            act()
    assert sorted(path for path in store.rglob("*") if ".staging" not in path.parts) == files
    assert releases.open_release(store).number == 2 and verify(store).count == 7


# Work


def test_only_one_module_makes_temporary_files():
    makers = set()
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            found += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if "tempfile" in found or isinstance(node, ast.Constant) and node.value in ("/tmp", "/var/tmp", "/dev/shm"):
                makers.add(str(path.relative_to(ROOT)))
    assert makers == {"store/workspace.py"}


def test_what_a_killed_process_worked_on_is_removed_by_the_next_and_a_living_one_keeps_its_own(store):
    def dies() -> None:
        with workspace.workspace(store) as folder:
            (folder / "fct_journey.parquet").write_bytes(b"rows of people")
            os.kill(os.getpid(), signal.SIGKILL)

    with workspace.workspace(store) as mine:
        (mine / "rows.parquet").write_bytes(b"x")
        os.waitpid(in_a_process(dies), 0)
        assert len(workspace.at_work(store)) == 2
        with protocol.locked(store):
            assert workspace.at_work(store) == [mine / "rows.parquet"]
    assert not list((store / ".staging").iterdir())


def test_what_libraries_write_stands_in_the_store_too(store):
    before = os.environ.get("TMPDIR")
    with workspace.libraries_work_in(store):
        made = subprocess.run(["mktemp"], capture_output=True, check=True).stdout.decode().strip()
        assert Path(made).is_relative_to(store / ".staging") and Path(made) in workspace.at_work(store)
    assert os.environ.get("TMPDIR") == before and not workspace.at_work(store)


@pytest.fixture
def waiting(tmp_path, small_store, monkeypatch):
    """A store of real marts, one file of which waits; the system's own folder for temporary files may not be used."""
    store = copy_of(small_store, tmp_path / "waits")
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(nowhere))
    monkeypatch.setenv("TMPDIR", str(nowhere))
    file = tmp_path / "partner_learners.csv"
    file.write_bytes((FIXTURES / "partner_learners.csv").read_bytes() + b"\n")
    actions.bring_in(store, "partner_learners", file, actions.Actor("officer"), CAPTURED["partner_learners"])
    yield store
    assert not list(nowhere.iterdir())


def test_a_killed_preview_leaves_its_rows_where_an_erasure_removes_them(waiting, monkeypatch):
    (one,) = proposals.waiting(waiting)

    def dies(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patched:
        patched.setattr(proposals, "_figures", dies)
        child = in_a_process(lambda: proposals.preview(waiting, one) and None)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
    left = [path.name for path in workspace.at_work(waiting)]
    assert "fct_journey.parquet" in left
    found = erasure.traces(waiting, frozenset({"0" * 32}))
    assert not found.at_work and not workspace.at_work(waiting)


def test_an_erasure_says_no_trace_only_when_nothing_is_at_work(store):
    with workspace.workspace(store) as folder:
        (folder / "spill.block").write_bytes(b"packed, so that nobody can look into it")
        assert len(erasure.traces(store, frozenset({"0" * 32})).at_work) == 1
    assert not erasure.traces(store, frozenset({"0" * 32})).at_work


@pytest.mark.parametrize("place", ["previews/x", "snapshots/hubs/x"])
def test_of_two_published_in_one_place_the_second_stands_and_the_first_is_put_aside(store, place):
    for word in ("first", "second"):
        with protocol.locked(store), protocol.staged(store) as fresh:
            (fresh / "said.txt").write_text(word, encoding="utf-8")
            protocol.publish(store, fresh, store / place, {"kind": "x"})
    protocol.verify(store / place)
    assert (store / place / "said.txt").read_text() == "second"
    assert [path.read_text() for path in (store / "withdrawn").rglob("said.txt")] == ["first"]


def test_a_second_preview_replaces_the_first(waiting):
    (one,) = proposals.waiting(waiting)
    assert proposals.preview(waiting, one)["release"] == 1
    releases.publish_release(waiting)
    assert proposals.previewed(waiting, one) is None
    proposals.preview(waiting, one)
    found = proposals.previewed(waiting, one)
    assert found and found["release"] == 2


def test_a_file_that_was_read_before_an_erasure_does_not_wait_after_it(waiting, tmp_path, monkeypatch):
    file = tmp_path / "another.csv"
    file.write_bytes((FIXTURES / "partner_learners.csv").read_bytes() + b"\n\n")
    monkeypatch.setattr(proposals, "marks", lambda store: frozenset({"somebody"}))
    with pytest.raises(snapshots.ErasedMeanwhile, match="Send it again"):
        actions.bring_in(waiting, "partner_learners", file, actions.Actor("officer"), CAPTURED["partner_learners"])
    assert len(proposals.waiting(waiting)) == 1


# Strays


def a_file(store: Path, place: str, body: bytes = b"stray") -> None:
    path = store / place
    workspace.make_folder(path.parent)
    path.parent.chmod(0o700)
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.write_bytes(body)


def a_folder(store: Path, place: str) -> None:
    path = store / place
    if path.is_file():
        path.unlink()
    path.mkdir(parents=True)


STRAYS = {
    "nothing": lambda s: None,
    "no release": lambda s: (shutil.rmtree(s / "releases"), (s / "CURRENT").unlink()),
    "no store": lambda s: shutil.rmtree(s),
    "no CURRENT": lambda s: (s / "CURRENT").unlink(),
    "the highest number, empty": lambda s: a_folder(s, "releases/999999999"),
    "the highest number, with a file": lambda s: a_file(s, "releases/999999999/x"),
    "a copy of a release": lambda s: shutil.copytree(s / "releases/1", s / "releases/7"),
    "a file that is a number": lambda s: a_file(s, "releases/7"),
    "a file for the releases": lambda s: a_file(s, "releases"),
    "a name with a line break": lambda s: a_folder(s, "snapshots/hubs/a\nb"),
    "a file among sources": lambda s: a_file(s, "snapshots/README"),
    "a file among snapshots": lambda s: a_file(s, f"snapshots/{SOURCE}/README"),
    "an empty folder among snapshots": lambda s: a_folder(s, f"snapshots/{SOURCE}/junk"),
    "a source that is none": lambda s: a_folder(s, "snapshots/nothing/junk"),
    "a snapshot of another source": lambda s: shutil.copytree(s / "snapshots" / SOURCE, s / "snapshots" / "hubs"),
    "an empty folder withdrawn": lambda s: a_folder(s, "withdrawn/hubs/junk"),
    "an empty folder that waits": lambda s: a_folder(s, "proposals/hubs/junk"),
    "a list of erased that is none": lambda s: a_folder(s, "erased/1"),
    "a file for the erased": lambda s: a_file(s, "erased"),
    "a tombstone that is none": lambda s: a_folder(s, "releases/9.gone"),
    "CURRENT is nonsense": lambda s: a_file(s, "CURRENT", b"x"),
    "CURRENT is binary": lambda s: a_file(s, "CURRENT", bytes(range(256))),
    "CURRENT is a folder": lambda s: a_folder(s, "CURRENT"),
    "CURRENT names nobody": lambda s: protocol.point(s, "CURRENT", "55"),
    "the log is a folder": lambda s: a_folder(s, "audit/log.jsonl"),
    "the log is binary": lambda s: a_file(s, "audit/log.jsonl", bytes(range(256))),
    "the head is nonsense": lambda s: a_file(s, "audit/HEAD", b"[]"),
    "the lock is a folder": lambda s: a_folder(s, ".lock"),
    "work is a file": lambda s: (shutil.rmtree(s / ".staging"), a_file(s, ".staging")),
    "a file in work": lambda s: a_file(s, ".staging/x"),
    "a file at the top": lambda s: a_file(s, "notes.txt"),
    "a manifest that is a list": lambda s: a_file(s, "releases/2/manifest.json", b"[]"),
    "a manifest that lacks all": lambda s: forged(s / "releases/2", snapshots=None, number=None, files=None),
    "a snapshot's manifest that lacks all": lambda s: forged(
        s / "snapshots" / SOURCE / name_of("2020-03-20"), input=None, captured_on=None
    ),
    "a manifest of a newer version": lambda s: forged(s / "releases/2", format=2),
    "a snapshot of a newer version": lambda s: forged(s / "snapshots" / SOURCE / name_of("2020-03-20"), format=99),
}
VERBS = {
    "list": ["releases", "list"],
    "show": ["releases", "show", "2"],
    "verify": ["releases", "verify"],
    "roll back": ["releases", "rollback", "1"],
    "prune": ["releases", "prune", "--keep-months", "13"],
    "ask": ["ask", "overview/partners"],
    "export": ["export", "contributions_5w"],
    "audit verify": ["audit", "verify"],
    "audit list": ["audit", "list"],
    "withdraw": ["withdraw", SOURCE, "junk"],
    "erase": ["erase"],
    "check": ["check", SOURCE, str(FIXTURES / "unesco_closures.csv"), "--captured-on", "2020-03-22"],
    "import": ["import", SOURCE, str(FIXTURES / "unesco_closures.csv"), "--captured-on", "2020-03-22", "--confirm"],
    "publish": ["publish"],
    "backup": ["backup", "{archive}"],
    "restore": ["restore", "{archive}", "--store", "{other}"],
}


@pytest.mark.parametrize("verb", VERBS)
def test_whatever_lies_in_the_store_every_command_answers_or_refuses_with_a_sentence(store, verb, tmp_path, capsys):
    kinds = list(STRAYS) if FULL else list(STRAYS)[list(VERBS).index(verb) % 3 :: 3]
    wrong = []
    for kind in kinds:
        here = copy_of(store, tmp_path / kind.replace(" ", "_").replace("\n", ""))
        STRAYS[kind](here)
        named = {"archive": str(tmp_path / f"{here.name}.tar.gz"), "other": str(tmp_path / f"{here.name}-other")}
        arguments = [part.format(**named) for part in VERBS[verb]]
        try:
            code = main(["--store", str(here), *arguments])
        except BaseException as escaped:  # noqa: BLE001 - nothing may
            wrong.append(f"{kind}: {escaped!r}")
            continue
        said = capsys.readouterr()
        if code not in (0, 1) or CLASS_NAME.search(said.err) or (code == 1) > ("coalition: " in said.err):
            wrong.append(f"{kind}: {code} {said.err[-300:]}")
    assert not wrong, "\n".join(wrong)


def test_a_stray_number_does_not_end_the_numbers(store):
    a_folder(store, "releases/999999999")
    assert releases.publish_release(store).number == 3
    a_file(store, "releases/999999999/x")
    with pytest.raises(StoreDamaged, match="Move it away"):
        releases.publish_release(store)
    assert releases.last_good_release(store)[0].number == 3


def test_a_disk_that_takes_no_writes_refuses_with_sentences_and_shuts_out_no_reader(store, tmp_path, capsys):
    with small_disk(tmp_path / "disk", 4_096) as disk:
        here = copy_of(store, disk / "store")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        for arguments in (["publish"], ["releases", "rollback", "1"], ["withdraw", SOURCE, name_of("2020-03-20")]):
            assert main(["--store", str(here), *arguments]) == 1
            assert "Read-only file system" in (said := capsys.readouterr().err) and not CLASS_NAME.search(said)
        assert (
            main(["--store", str(here), "releases", "list"]) == main(["--store", str(here), "releases", "verify"]) == 0
        )
        assert releases.open_release(here).number == 2
        assert not audit_log.note(here, "login", "somebody", "x")


@pytest.mark.parametrize("kind", ["no release", "an empty folder among snapshots", "an empty folder that waits"])
def test_a_page_says_what_is_wrong_with_the_store(small_store, tmp_path, served_store, as_served, kind):
    here = served_store(copy_of(small_store, tmp_path / "store"))
    STRAYS[kind](here)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/upload/page.py")
    app.run()
    assert not app.exception
    assert any(str(here) in shown.value.replace("\\", "") for shown in app.error), [e.value for e in app.error]


def test_an_import_kept_by_an_older_version_is_read(store):
    """Manifests of before have no format, no order of arrival and no line of the log."""
    for folder in (store / "releases" / "2", store / "snapshots" / SOURCE / name_of("2020-03-21")):
        forged(folder, format=None, arrived=None, audit=None)
    assert releases.open_release(store).number == 2 and verify(store).anchored == (1,)
    assert "release 2" in verify(store).notices[0]
    assert (
        import_file(store, SOURCE, FIXTURES / "unesco_closures.csv", datetime.date(2020, 3, 22)).snapshot.arrived == 2
    )
