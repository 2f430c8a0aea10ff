"""The store as one archive and back: everything or nothing, and nothing outside of the store. Learners are invented."""

import gzip
import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from dashboard.access.viewer import STEWARD, open_answers
from dashboard.commands.cli import main
from dashboard.intake.front_door import import_file
from dashboard.settings import learner_secret_file
from dashboard.store import archive, releases
from dashboard.store.archive import ArchiveRefused, back_up, restore
from dashboard.store.audit_log import entries, record, verify
from dashboard.store.protocol import locked
from tests.conftest import CAPTURED, FIXTURES


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store with two releases, a withdrawn snapshot and an audit log."""
    store = tmp_path_factory.mktemp("archived") / "store"
    for name in ("hubs", "coursera_usage", "unhcr_population"):
        import_file(store, name, FIXTURES / f"{name}.csv", CAPTURED[name])
        releases.publish_release(store)
    record(store, "release", "operator", "publish", 3)
    return store


@pytest.fixture
def made(store, tmp_path):
    file = tmp_path / "store.tar.gz"
    back_up(store, file)
    return file


def everything(store):
    return {
        str(path.relative_to(store)): path.read_bytes()
        for path in store.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def forged(file, change):
    """The archive with its members, as (name, body) pairs, changed."""
    with tarfile.open(file) as tar:
        members = [(member.name, tar.extractfile(member).read()) for member in tar]
    with tarfile.open(file, "w:gz") as tar:
        for member in change(members):
            name, body, *kind = member
            info = tarfile.TarInfo(name)
            info.size = len(body)
            if kind:
                info.type, info.linkname, info.size = kind[0], "/etc/passwd", 0
            tar.addfile(info, io.BytesIO(body))
    return file


def renamed(members, old, new):
    """A file under another name, in the contents as well."""
    contents = json.loads(members[0][1])
    contents["files"][new] = contents["files"].pop(old)
    rest = [(new if name == old else name, body) for name, body in members[1:]]
    return [(members[0][0], json.dumps(contents).encode()), *rest]


def test_an_archive_restores_the_same_store_with_the_same_answers(store, tmp_path, capsys):
    file, other = tmp_path / "store.tar.gz", tmp_path / "empty" / "machine"
    assert main(["--store", str(store), "backup", str(file)]) == 0
    assert "without the learners' secret" in capsys.readouterr().out
    assert file.stat().st_mode & 0o777 == 0o600
    before = everything(store)
    assert main(["restore", str(file), "--store", str(other)]) == 0
    assert "release 3 is served" in capsys.readouterr().out
    after = everything(other)
    assert before.keys() == after.keys()
    # The log goes on: a line for the backup here, one for the restoring there.
    assert {name for name in before if before[name] != after[name]} == {"audit/log.jsonl", "audit/HEAD"}
    assert [line["event"] for line in entries(other)] == ["release", "restore"]
    assert [line["event"] for line in entries(store)] == ["release", "backup"]
    assert verify(other).count == verify(store).count == 2
    assert main(["--store", str(other), "releases", "verify"]) == 0
    answers = []
    for one in (store, other):
        asked = open_answers(STEWARD, releases.open_release(one))
        answers.append([asked.ask(f"reach_map/{name}", {}).to_pylist() for name in ("totals", "coverage")])
        asked.close()
    assert answers[0] == answers[1]
    for path in (other / "releases" / "3").rglob("*"):
        assert path.stat().st_mode & 0o222 == 0, path
    assert releases.publish_release(other).number == 4


def test_the_secret_is_in_it_only_when_asked_for(store, made, tmp_path, capsys, monkeypatch):
    secret = learner_secret_file().read_bytes()
    with gzip.open(made) as plain:
        assert secret.strip() not in plain.read()
    full = tmp_path / "full.tar.gz"
    assert main(["--store", str(store), "backup", str(full), "--with-secret"]) == 0
    assert "with the learners' secret" in capsys.readouterr().out
    with tarfile.open(full) as tar:
        assert json.load(tar.extractfile("contents.json"))["holds_secret"] is True
    monkeypatch.setenv("COALITION_LEARNER_SECRET", str(tmp_path / "new" / "secret"))
    assert main(["restore", str(full), "--store", str(tmp_path / "s")]) == 0
    assert (tmp_path / "new" / "secret").read_bytes() == secret
    assert (tmp_path / "new" / "secret").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "s" / "secret").exists()
    (tmp_path / "new" / "secret").write_text("ab" * 32)
    assert main(["restore", str(full), "--store", str(tmp_path / "t")]) == 1
    assert "another secret" in capsys.readouterr().err and not (tmp_path / "t" / "CURRENT").exists()


def test_a_store_that_holds_something_is_not_restored_over(store, made, tmp_path):
    before = everything(store)
    with pytest.raises(ArchiveRefused, match="is not empty"):
        restore(made, store, learner_secret_file())
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("x")
    with pytest.raises(ArchiveRefused, match="mine.txt"):
        restore(made, tmp_path / "other", learner_secret_file())
    assert everything(store) == before and everything(tmp_path / "other") == {"mine.txt": b"x"}


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_an_archive_that_was_cut_off_restores_nothing(made, tmp_path, share):
    made.write_bytes(made.read_bytes()[: int(made.stat().st_size * share)])
    with pytest.raises(ArchiveRefused, match="damaged or cut off"):
        restore(made, tmp_path / "s", learner_secret_file())
    assert everything(tmp_path / "s") == {}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_flipped_bit_restores_nothing(made, tmp_path, share):
    body = bytearray(made.read_bytes())
    body[int(len(body) * share)] ^= 1
    made.write_bytes(bytes(body))
    with pytest.raises(ArchiveRefused):
        restore(made, tmp_path / "s", learner_secret_file())
    assert everything(tmp_path / "s") == {}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda m: [m[0], (m[1][0], m[1][1] + b" "), *m[2:]], "is not the file that was backed up"),
        (lambda m: [m[0], (m[1][0], m[1][1][:-1] + b"?"), *m[2:]], "is not the file that was backed up"),
        (lambda m: m[:-1], "lacks 1 files"),
        (lambda m: [*m, ("CURRENT2", b"1\n")], "which its contents do not name"),
        (lambda m: [*m, m[-1]], "which its contents do not name"),
        (lambda m: [*m[:-1], (m[-1][0], b"", tarfile.SYMTYPE)], "which its contents do not name"),
        (lambda m: m[1:], "does not begin with contents.json"),
        (lambda m: [("contents.json", b"[]"), *m[1:]], "damaged"),
        (lambda m: [("contents.json", b'{"kind": "other"}')], "no archive of a store"),
        (lambda m: renamed(m, "CURRENT", "../CURRENT"), "no place in a store"),
        (lambda m: renamed(m, "CURRENT", "/tmp/CURRENT"), "no place in a store"),
        (lambda m: renamed(m, "CURRENT", "releases/../../CURRENT"), "no place in a store"),
        (lambda m: renamed(m, "CURRENT", ".lock"), "no place in a store"),
        (lambda m: renamed(m, "CURRENT", "a\\..\\b"), "no place in a store"),
    ],
    ids=[
        *("longer", "changed", "lacking", "more", "twice", "link", "no contents", "empty contents", "other kind"),
        *("up", "absolute", "up inside", "hidden", "backslash"),
    ],
)
def test_an_archive_that_was_tampered_with_restores_nothing(made, tmp_path, change, says):
    forged(made, change)
    with pytest.raises(ArchiveRefused, match=says):
        restore(made, tmp_path / "in" / "s", learner_secret_file())
    assert everything(tmp_path / "in") == {} and not (tmp_path / "CURRENT").exists()


def test_a_damaged_store_is_not_backed_up(tmp_path):
    store = tmp_path / "store"
    import_file(store, "hubs", FIXTURES / "hubs.csv", CAPTURED["hubs"])
    rows = next((store / "snapshots").rglob("rows.parquet"))
    rows.chmod(0o644)
    rows.write_bytes(b"PAR1")
    with pytest.raises(ArchiveRefused, match="rows.parquet is not the file that was published"):
        back_up(store, tmp_path / "a.tar.gz")
    assert list(tmp_path.glob("*.gz")) == list(tmp_path.glob(".a*")) == []


def test_an_archive_in_a_folder_that_is_not_there_is_refused_by_the_folders_name(store, tmp_path):
    with pytest.raises(ArchiveRefused, match=f"There is no folder {tmp_path / 'backup'}"):
        back_up(store, tmp_path / "backup" / "store.tar.gz")


def test_an_archive_is_never_overwritten_and_never_in_the_store(store, made, tmp_path):
    with pytest.raises(ArchiveRefused, match="there already"):
        back_up(store, made)
    with pytest.raises(ArchiveRefused, match="in the store itself"):
        back_up(store, store / "a.tar.gz")
    with pytest.raises(ArchiveRefused, match="nothing in"):
        back_up(tmp_path / "nowhere", tmp_path / "b.tar.gz")


def test_a_backup_holds_writers_off_and_is_durable_before_it_has_its_name(store, tmp_path, monkeypatch):
    events, sync = [], os.fsync

    def seen(handle):
        name = str(Path(f"/proc/self/fd/{handle}").readlink())
        assert not (tmp_path / "a.tar.gz").exists() or name == str(tmp_path)
        events.append(name)
        sync(handle)

    monkeypatch.setattr(archive.os, "fsync", seen)
    held = []
    monkeypatch.setattr(archive, "locked", lambda store: (held.append(store), locked(store))[1])
    back_up(store, tmp_path / "a.tar.gz")
    assert held == [store] and ".a.tar.gz." in events[0] and events[-1] == str(tmp_path)


def test_a_restore_that_was_interrupted_serves_nothing_and_can_be_begun_again(made, tmp_path, monkeypatch):
    other = tmp_path / "s"

    def power_cut(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(archive, "point", power_cut)
        with pytest.raises(KeyboardInterrupt):
            restore(made, other, learner_secret_file())
    assert not (other / "CURRENT").exists()
    restore(made, other, learner_secret_file())
    assert releases.open_release(other).number == 3 and not (other / archive.UNFINISHED).exists()
    (other / archive.UNFINISHED).touch()
    with pytest.raises(ArchiveRefused, match="is not empty"):
        restore(made, other, learner_secret_file())
