"""Kept is not published: whatever ends a command early, doing the same again serves the file, and the log is clean.

Kills at every step and at random moments, and disks that are really full (small ones, where the tests may mount them).
In full with COALITION_FULL_TESTS=1, else a part of the same cases: each command is then interrupted at other steps than
the others, and in each kind of interruption at other steps than in the others. `pytest -rP` shows the figures.
"""

import errno
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard import actions
from dashboard.actions import Actor
from dashboard.intake import proposals
from dashboard.intake.front_door import Ready
from dashboard.intake.identity import Identity
from dashboard.intake.report import Report
from dashboard.refusals import Refusal
from dashboard.store import audit_log, releases
from dashboard.store.erasure import Person
from dashboard.store.protocol import NoRoom, locked
from dashboard.store.releases import NothingPublished
from dashboard.store.snapshots import NoSuchSnapshot, pinned, snapshots
from tests.conftest import CAPTURED, FIXTURES
from tests.store.simulated_disk import Killed, SimulatedDisk, copy_of
from tests.store.tiny import FULL, SOURCE, build_tiny_releases, in_a_process, parquet

KILLS, SIZES, STRIDE = (300, 24, 3) if FULL else (8, 2, 37)
REAL_KILLS, REAL_SIZES = (20, 12) if FULL else (1, 1)
WRITES = frozenset({"create", "write", "fsync", "rename", "chmod", "mkdir"})
PEOPLE = "recognitions"
IDENTITY = Identity(b"s" * 32)
HER, HIM = IDENTITY.id_key("A-1") or "", IDENTITY.id_key("A-2") or ""
STEWARD = Actor("steward")


@dataclass(frozen=True)
class Act:
    """A command, what is documented to be done after it was interrupted, and whether it has done its work then."""

    do: Callable[[Path], object]
    again: Callable[[Path], object]
    is_done: Callable[[Path], bool]


@pytest.fixture(autouse=True)
def _tiny(monkeypatch):
    build_tiny_releases(monkeypatch)


@pytest.fixture
def sent(tmp_path, monkeypatch):
    """Has files be taken for read as soon as they are there; the name of one is its day."""

    @contextmanager
    def made_ready(store, source, file, captured_on, *_) -> Iterator[Ready]:
        day = captured_on.isoformat() if captured_on else file.name
        folder = tmp_path / "read" / f"{source}-{file.name}"
        streams = ("alpha",) if source == PEOPLE else ("one",)
        report = Report(source, "", 1, 1, 0, (), (), (), day[:10], "published", streams)
        yield Ready(report, folder, _digest(source + file.name), report.as_json(), None)

    monkeypatch.setattr(actions, "made_ready", made_ready)

    def send(name: str, source: str = SOURCE) -> Path:
        folder = tmp_path / "read" / f"{source}-{name}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "quarantine.csv").write_text("line,column,value,reason\n", encoding="utf-8")
        if source == PEOPLE:
            rows = {"partner_id": ["alpha"] * 2, "programme_id": ["p"] * 2, "id_key": [HER, HIM]}
            pq.write_table(pa.table({**rows, "email_key": pa.nulls(2, pa.string())}), folder / "rows.parquet")
        else:
            (folder / "rows.parquet").write_bytes(parquet("rows", 1) + os.urandom(0))
        return Path(name)

    return send


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@pytest.fixture
def begun(tmp_path, sent) -> Path:
    """A folder with a store that serves release 2 of 2, one file of which waits for a steward."""
    root = tmp_path / "begun"
    root.mkdir()
    store = root / "store"
    actions.import_files(store, PEOPLE, [sent("2020-03-19", PEOPLE)], confirmed=True)
    actions.import_files(store, SOURCE, [sent("2020-03-20")])
    actions.bring_in(store, SOURCE, sent("2020-03-23"), Actor("officer"))
    damaged = snapshots(store, SOURCE)[0].folder / "rows.parquet"
    damaged.chmod(0o600)
    damaged.write_bytes(b"damaged since it was published")
    damaged.chmod(0o400)
    return root


@pytest.fixture
def acts(sent) -> dict[str, Act]:
    """What writers do; each is done when the release that is served holds what it should and nothing else."""

    def same(do: Callable[[Path], object], is_done: Callable[[Path], bool] = serves_what_is_kept) -> Act:
        return Act(do, do, is_done)

    def with_file(*names: str) -> Callable[[Path], bool]:
        days = {name[:10] for name in names}
        return lambda store: serves_what_is_kept(store) and days <= served_days(store)

    def imports(*names: str) -> Callable[[Path], object]:
        return lambda store: actions.import_files(store, SOURCE, [sent(name) for name in names], confirmed=True)

    def accepts(store: Path) -> None:
        if waiting := proposals.waiting(store):
            actions.accept(mended(store), waiting, STEWARD, confirmed=True)

    def withdraws_again(store: Path) -> None:
        with suppress(NoSuchSnapshot):  # it is withdrawn already
            withdraws(store)
        actions.publish(store)

    def withdraws(store: Path) -> None:
        actions.withdraw(store, SOURCE, f"2020-03-20-{_digest(SOURCE + '2020-03-20')[:8]}")

    def mended(store: Path) -> Path:
        """The damaged file comes in again, as the refusal asks."""
        actions.import_files(store, SOURCE, [sent("2020-03-20")], and_publish=False)
        return store

    def erases(store: Path) -> None:
        actions.erase(mended(store), [Person(HER, "")], IDENTITY)

    def erases_again(store: Path) -> None:
        actions.erase(mended(store), [Person(HER, "")], IDENTITY)

    def takes(store: Path) -> None:
        actions.take_and_serve(mended(store), SOURCE, sent("2020-03-22"), STEWARD)

    def rolls_back(store: Path) -> None:
        actions.roll_back(store, 1)

    return {
        "import in place of a damaged file": same(imports("2020-03-20"), with_file("2020-03-20")),
        "import of two files at once": same(
            lambda store: imports("2020-03-21a", "2020-03-21b")(mended(store)), with_file("2020-03-21")
        ),
        "publish": same(lambda store: actions.publish(mended(store))),
        "accept": same(accepts, lambda store: not proposals.waiting(store) and with_file("2020-03-23")(store)),
        "take and serve": same(takes, with_file("2020-03-22")),
        "withdraw": Act(withdraws, withdraws_again, lambda store: "2020-03-20" not in served_days(store)),
        "erase": Act(
            erases, erases_again, lambda store: serves_what_is_kept(store) and HER not in "".join(keys_in(store))
        ),
        "roll back": same(rolls_back, lambda store: releases.open_release(store).number == 1),
    }


def serves_what_is_kept(store: Path) -> bool:
    return releases.is_built_from(releases.open_release(store), pinned(store))


def served_days(store: Path) -> set[str]:
    return {pin["captured_on"] for pin in releases.open_release(store).manifest["snapshots"].get(SOURCE, ())}


def keys_in(store: Path) -> Iterator[str]:
    for file in store.rglob("rows.parquet"):
        table = pq.ParquetFile(file).read() if file.stat().st_size > 100 else pa.table({})
        if "id_key" in table.column_names:
            yield from table["id_key"].to_pylist()


def look(store: Path, act: Act) -> str:
    """What is wrong after an act was interrupted and done again, or nothing."""
    try:
        audit_log.verify(store)
    except audit_log.AuditBroken as broken:
        return f"alarm before it is done again: {broken}"
    try:
        releases.last_good_release(store)
    except (NothingPublished, Refusal) as none:
        return f"nothing is served meanwhile: {none}"
    try:
        act.again(store)
    except (Refusal, OSError) as refused:
        return f"doing it again is refused: {refused!r}"
    if not act.is_done(store):
        days = served_days(store)
        return f"not served: {sorted(days)} are in release {releases.open_release(store).number}"
    try:
        found = audit_log.verify(store)
    except audit_log.AuditBroken as broken:
        return f"alarm: {broken}"
    if missing := {releases.open_release(store).number} - {*found.anchored}:
        return f"release {missing} is not on record"
    lines = [line["release"] for line in audit_log.entries(store) if line["event"] == "release"]
    if unrecorded := set(releases.release_numbers(store)) - set(lines):
        return f"release {unrecorded} has no line in the log"
    with locked(store):  # as the next writer does
        pass
    left = [*store.glob(".staging/*"), *store.glob("audit/.staging/*"), *store.glob(".replaced/*/*/*")]
    return f"{left} is left behind" if left else ""


def judge(what: str, count: int, wrong: list[str]) -> None:
    print(f"{count} {what}, {len(wrong)} of them went wrong")
    assert count > 0 and not wrong, f"{len(wrong)} of {count} {what} went wrong, among them:\n" + "\n".join(wrong[:10])


def test_done_again_after_a_kill_at_any_step_every_command_has_served_the_file(acts, begun, tmp_path):
    count, wrong = 0, list[str]()
    for turn, (name, act) in enumerate(acts.items()):
        disk = SimulatedDisk(copy_of(begun, tmp_path / "count"))
        with disk.watching():
            act.do(tmp_path / "count" / "store")
        shutil.rmtree(tmp_path / "count")
        for step in range(turn % STRIDE, len(disk.steps), STRIDE):
            root = copy_of(begun, tmp_path / "killed")
            dying = SimulatedDisk(root)
            dying.kill_at(step)
            with dying.watching(), suppress(Killed):
                act.do(root / "store")
            with SimulatedDisk(root).watching():
                found = look(root / "store", act)
            count += 1
            if found:
                wrong.append(f"{name}, killed before {disk.steps[step]}: {found}")
            shutil.rmtree(root)
    judge("kills at a step", count, wrong)


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "until the end"])
def test_done_again_after_the_disk_was_full_at_any_step_every_command_has_served_the_file(
    acts, begun, tmp_path, for_good
):
    count, wrong = 0, list[str]()
    for turn, (name, act) in enumerate(acts.items(), start=0 if FULL else len(acts) * (1 + for_good)):
        disk = SimulatedDisk(copy_of(begun, tmp_path / "count"))
        with disk.watching():
            act.do(tmp_path / "count" / "store")
        shutil.rmtree(tmp_path / "count")
        for step in range(turn % STRIDE, len(disk.steps), STRIDE):
            root = copy_of(begun, tmp_path / "full")
            full = SimulatedDisk(root)
            full.fail_at(step, errno.ENOSPC, for_good, WRITES)
            with full.watching():
                try:
                    act.do(root / "store")
                except Refusal:
                    pass
                except OSError as trouble:
                    wrong.append(f"{name}, {disk.steps[step]}: {trouble!r} is no sentence")
            with SimulatedDisk(root).watching():
                found = look(root / "store", act)
            count += 1
            if found:
                wrong.append(f"{name}, full at {disk.steps[step]}: {found}")
            shutil.rmtree(root)
    judge("full disks at a step", count, wrong)


def test_done_again_after_a_kill_at_a_random_moment_every_command_has_served_the_file(acts, begun, tmp_path):
    chance, wrong, last, cut_short = random.Random(11), list[str](), dict[str, float](), 0
    for name, act in acts.items():
        root = copy_of(begun, tmp_path / "timed")
        begin = time.perf_counter()
        os.waitpid(in_a_process(lambda store=root / "store", do=act.do: do(store) and None), 0)
        last[name] = time.perf_counter() - begin
        shutil.rmtree(root)
    for at in range(KILLS):
        name = list(acts)[at % len(acts)]
        act, root = acts[name], copy_of(begun, tmp_path / "killed")
        child = in_a_process(lambda store=root / "store", do=act.do: do(store) and None)
        time.sleep(chance.uniform(0, last[name]))
        os.kill(child, signal.SIGKILL)
        cut_short += os.waitpid(child, 0)[1] == signal.SIGKILL
        if found := look(root / "store", act):
            wrong.append(f"{name}, kill {at}: {found}")
        shutil.rmtree(root)
    assert cut_short > KILLS / 5
    judge(f"kills at a random moment ({cut_short} cut a command short)", KILLS, wrong)


def test_an_erasure_deletes_every_release_that_counted_her_though_the_clock_was_set_back(acts, begun, monkeypatch):
    monkeypatch.setattr("dashboard.store.erasure.now", lambda: "2019-01-01T00:00:00+00:00")
    acts["erase"].do(begun / "store")
    assert releases.release_numbers(begun / "store") == [3]


def test_a_publication_that_failed_puts_back_what_the_new_snapshot_had_replaced(sent, begun, monkeypatch):
    """Of the same name: the first file of a day comes again, after another one had taken its place."""
    store = begun / "store"
    actions.import_files(store, SOURCE, [sent("2020-03-20")])
    for name in ("2020-03-21a", "2020-03-21b"):
        actions.import_files(store, SOURCE, [sent(name)], confirmed=True)
    before = {one.folder: one.digest for one in snapshots(store, SOURCE)}

    def ends(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(releases, "write_views", ends)
        with pytest.raises(NoRoom, match="Free space, then do the same again"):
            actions.import_files(store, SOURCE, [sent("2020-03-21a")], confirmed=True)
    assert {one.folder: one.digest for one in snapshots(store, SOURCE)} == before
    assert actions.import_files(store, SOURCE, [sent("2020-03-21a")], confirmed=True).is_new
    pins = releases.open_release(store).manifest["snapshots"][SOURCE]
    assert [pin["sha256"] for pin in pins][-1] == _digest(SOURCE + "2020-03-21a") and serves_what_is_kept(store)


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A disk of that size, mounted there; skips where the tests may not mount one."""
    folder.mkdir(exist_ok=True)
    options = f"size={kilobytes}k,mode=700"
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"no disk can be mounted here: {made.stderr.decode(errors='replace').strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def made_larger(folder: Path, kilobytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", folder], check=True, capture_output=True)


def used(folder: Path) -> int:
    said = os.statvfs(folder)
    return (said.f_blocks - said.f_bfree) * said.f_frsize // 1024


@pytest.mark.skipif(os.name != "posix" or not shutil.which("mount"), reason="no disk can be mounted here")
def test_done_again_on_a_larger_disk_every_command_has_served_the_file(acts, begun, tmp_path):
    count, refused, wrong = 0, 0, list[str]()
    for name, act in acts.items():
        with small_disk(tmp_path / "disk", 65_536) as disk:
            shutil.copytree(begun / "store", disk / "store")
            before = used(disk)
            act.do(disk / "store")
            grown = used(disk) - before
        for size in (before + 4 + round(share * (grown + 8) / SIZES) for share in range(SIZES)):
            with small_disk(tmp_path / "disk", size) as disk:
                shutil.copytree(begun / "store", disk / "store")
                try:
                    act.do(disk / "store")
                except Refusal:
                    refused += 1
                except OSError as trouble:
                    wrong.append(f"{name} on {size} kB: {trouble!r} is no sentence")
                audit_log.note(disk / "store", "login", "somebody", "on a full disk")
                releases.last_good_release(disk / "store")
                audit_log.verify(disk / "store")
                made_larger(disk, 65_536)
                count += 1
                if found := look(disk / "store", act):
                    wrong.append(f"{name} on {size} kB: {found}")
    assert refused > count / 3
    judge(f"disks of {SIZES} sizes for {len(acts)} commands ({refused} were too small)", count, wrong)


def shell(store: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "dashboard.commands.cli", "--store", str(store), *arguments]


@pytest.fixture(scope="module")
def made_by_shell(tmp_path_factory, learner_secret) -> Path:
    """A store made by the shell, that tests copy."""
    store = tmp_path_factory.mktemp("real") / "store"
    first = ["import", "unesco_closures", str(FIXTURES / "unesco_closures.csv"), "--captured-on", "2020-03-20"]
    subprocess.run(shell(store, *first), check=True, capture_output=True)
    return store


MORE = ["import", "hubs", str(FIXTURES / "hubs.csv"), "--captured-on", CAPTURED["hubs"].isoformat()]


@pytest.fixture(scope="module")
def undisturbed(made_by_shell, tmp_path_factory):
    """How many seconds the shell takes to bring in one more file, and how many kilobytes of a disk."""

    def pages(folder: Path) -> int:
        return sum(-(-path.lstat().st_size // 4096) for path in folder.rglob("*") if path.is_file())

    store = copy_of(made_by_shell, tmp_path_factory.mktemp("undisturbed") / "store")
    begin = time.perf_counter()
    subprocess.run(shell(store, *MORE), check=True, capture_output=True)
    return time.perf_counter() - begin, 4 * (pages(store) - pages(made_by_shell))


@pytest.fixture
def real_store(made_by_shell, undisturbed, monkeypatch):
    """A store made by the shell, and the command that brings in one more file."""
    monkeypatch.undo()
    return made_by_shell, MORE


def told_by(store: Path, by_shell: bool) -> str:
    """What is wrong after the shell has imported the file again, or nothing; the log is verified here, or by it too."""
    pins = releases.open_release(store).manifest["snapshots"]
    if "hubs" not in pins or not serves_what_is_kept(store):
        return f"the file is not served: {sorted(pins)}"
    try:
        audit_log.verify(store)
    except audit_log.AuditBroken as broken:
        return f"alarm: {broken}"
    if not by_shell:
        return ""
    audit = subprocess.run(shell(store, "audit", "verify"), capture_output=True, check=False)
    return "" if audit.returncode == 0 else f"alarm of the shell: {audit.stderr.decode()}"


def test_the_shell_killed_at_a_random_moment_and_asked_again_has_served_the_file(real_store, undisturbed, tmp_path):
    store, command = real_store
    chance, wrong = random.Random(12), list[str]()
    lasts, _grown = undisturbed
    for at in range(REAL_KILLS):
        here = copy_of(store, tmp_path / f"killed-{at}")
        process = subprocess.Popen(shell(here, *command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3, 1) * lasts)
        process.kill()
        process.wait()
        again = subprocess.run(shell(here, *command), capture_output=True, check=False)
        found = told_by(here, by_shell=at == 0) if again.returncode == 0 else again.stderr.decode()
        if found or list(here.glob(".staging/*")):
            wrong.append(f"kill {at}: {found or 'work is left behind'}")
        shutil.rmtree(here)
    judge("kills of the shell", REAL_KILLS, wrong)


@pytest.mark.skipif(os.name != "posix" or not shutil.which("mount"), reason="no disk can be mounted here")
def test_the_shell_on_a_full_disk_and_asked_again_on_a_larger_one_has_served_the_file(
    real_store, undisturbed, tmp_path
):
    store, command = real_store
    _lasts, grown = undisturbed
    wrong, refused = list[str](), 0
    with small_disk(tmp_path / "disk", 65_536) as disk:
        shutil.copytree(store, disk / "store")
        before = used(disk)
    for at in range(REAL_SIZES):
        size = before + 4 + round((at + 1) * grown / (REAL_SIZES + 1))
        with small_disk(tmp_path / "disk", size) as disk:
            shutil.copytree(store, disk / "store")
            said = subprocess.run(shell(disk / "store", *command), capture_output=True, check=False)
            refused += said.returncode == 1
            if said.returncode not in (0, 1) or said.returncode and b"full" not in said.stderr + b"audit log":
                wrong.append(f"{size} kB: no sentence but {said.stderr.decode()[-300:]}")
            audit_log.verify(disk / "store")
            made_larger(disk, 65_536)
            again = subprocess.run(shell(disk / "store", *command), capture_output=True, check=False)
            if (
                found := told_by(disk / "store", by_shell=FULL and at == 0)
                if again.returncode == 0
                else again.stderr.decode()
            ):
                wrong.append(f"{size} kB: {found}")
    assert refused > REAL_SIZES / 3
    judge(f"sizes of a disk for the shell ({refused} were too small)", REAL_SIZES, wrong)
