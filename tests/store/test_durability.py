"""Kills, power cuts and full disks at every step: the old release or the new one, whole, and nothing told is lost.

In full with COALITION_FULL_TESTS=1, else a part of the same cases: of the steps about a rename every second one, so
that kills and failing calls take them by turns.
"""

import errno
import os
import random
import select
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dashboard.store import releases
from dashboard.store.joining import PART, WHOLE, Arrival
from dashboard.store.protocol import StoreDamaged, locked, verify
from dashboard.store.snapshots import DaysOverlap, Snapshot, keep, pinned, snapshots, withdraw
from tests.store.simulated_disk import Killed, SimulatedDisk, copy_of
from tests.store.tiny import FULL, SOURCE, bring_in, build_tiny_releases, in_a_process, intake, name_of, page, parquet

KILLS = 300 if FULL else 6
POWER_CUTS = 1_000 if FULL else 40
STRIDE = 1 if FULL else 15
WRITES = frozenset({"create", "write", "fsync", "rename", "chmod", "mkdir"})
ENDS = frozenset({"unlink", "rmdir"})
OF_A_STORE = {".lock", ".staging", ".replaced", "CURRENT", "releases", "snapshots", "withdrawn"}


@dataclass
class Told:
    """What writers have said was done, which must be found ever after."""

    served: int | None = None
    stamps: dict[int, int] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)  # by day, the snapshot that stands

    def publish(self, store: Path) -> None:
        release = releases.publish_release(store)
        self.served = release.number
        self.stamps[release.number] = page(release)

    def rollback(self, store: Path, number: int) -> None:
        self.served = releases.rollback(store, number).number
        self.stamps.setdefault(self.served, page(releases.open_release(store, number)))

    def keep(self, store: Path, folder: Path, day: str, kind: str = "") -> None:
        snapshot = bring_in(store, folder, day, kind)
        self.kept[day] = snapshot.folder.name

    def withdraw(self, store: Path, name: str) -> None:
        withdraw(store, SOURCE, name)
        self.kept = {day: kept for day, kept in self.kept.items() if kept != name}

    def copy(self) -> "Told":
        return Told(self.served, dict(self.stamps), dict(self.kept))


Act = Callable[[Told, Path], None]


@pytest.fixture(autouse=True)
def _tiny(monkeypatch):
    build_tiny_releases(monkeypatch)


@pytest.fixture
def folder(tmp_path):
    return intake(tmp_path / "intake")


@pytest.fixture
def acts(folder) -> dict[str, Act]:
    """What writers do to a store with two releases, the first of them served, and two snapshots."""
    return {
        "publish": lambda told, store: told.publish(store),
        "rollback": lambda told, store: told.rollback(store, 2),
        "import": lambda told, store: told.keep(store, folder, "2020-03-22"),
        "import again": lambda told, store: told.keep(store, folder, "2020-03-20"),
        "import a part": lambda told, store: told.keep(store, folder, "2020-03-20", PART),
        "import in place of it": lambda told, store: told.keep(store, folder, "2020-03-21"),
        "withdraw": lambda told, store: told.withdraw(store, name_of("2020-03-20")),
    }


@pytest.fixture
def begun(tmp_path, folder) -> tuple[Path, Told]:
    """A folder with such a store, and what was told of it."""
    root, told = tmp_path / "begun", Told()
    root.mkdir()
    with SimulatedDisk(root).watching():
        for day in ("2020-03-20", "2020-03-21"):
            told.keep(root / "store", folder, day)
            told.publish(root / "store")
        told.keep(root / "store", folder, "2020-03-21", WHOLE)
        told.rollback(root / "store", 1)
    return root, told


def look(store: Path, told: Told, then: Told) -> str:
    """Reads a store as readers do, and then writes to it; what is wrong with it, or nothing.

    Args:
        store: a folder as it was found.
        told: what had been told when the trouble came.
        then: what would have been told had the writer got to its end.
    """
    try:
        release, notice = releases.last_good_release(store)
    except (releases.NothingPublished, StoreDamaged) as none:
        if told.served is not None:
            return f"lost: nothing is served instead of release {told.served} ({none})"
    else:
        if release.number not in (told.served, then.served):
            return f"lost: release {release.number} is served, not {told.served} or {then.served}"
        if notice and told.served is not None:
            return f"torn: {notice}"
        if page(release) != told.stamps.get(release.number, page(release)):
            return f"torn: release {release.number} is another one than was told of"
    for number in told.stamps:
        try:
            verify(store / "releases" / str(number))
        except StoreDamaged as damage:
            return f"lost: {damage}"
        for file in (store / "releases" / str(number)).rglob("*.*"):
            if file.stat().st_mode & 0o222:
                return f"torn: {file} can be written"
    seen = max([0, *releases.release_numbers(store)])
    try:
        release = releases.publish_release(store)
    except (OSError, StoreDamaged) as stuck:
        return f"stuck: the next publish needs a hand ({stuck})"
    if release.number <= seen or releases.last_good_release(store)[0].number != release.number:
        return f"stuck: release {release.number} was published after {seen} and is not served"
    built_on = {Path(pin["folder"]).name for pin in release.manifest["snapshots"].get(SOURCE, ())}
    with locked(store):
        standing = {snapshot.folder.name for snapshot in pinned(store)[SOURCE]}
    for day in told.kept.keys() & then.kept.keys():
        if not {told.kept[day], then.kept[day]} & standing & built_on:
            return f"lost: the snapshot of {day} ({sorted(standing)} stand, the next release has {sorted(built_on)})"
    if more := standing - {*told.kept.values(), *then.kept.values()}:
        return f"torn: snapshot {more} was withdrawn"
    for name in standing:
        verify(store / "snapshots" / SOURCE / name)
    left = [*store.glob(".staging/*"), *store.glob(".replaced/*/*/*")]
    left += [path for path in store.iterdir() if path.name not in OF_A_STORE]
    return f"stuck: {left} is left behind" if left else ""


def look_again(root: Path, told: Told, then: Told) -> str:
    with SimulatedDisk(root).watching():
        return look(root / "store", told, then)


def steps_of(act: Act, begun: tuple[Path, Told], into: Path) -> tuple[list[str], Told]:
    """The steps of an act, and what is told at its end."""
    disk, then = SimulatedDisk(copy_of(begun[0], into)), begun[1].copy()
    with disk.watching():
        act(then, into / "store")
    shutil.rmtree(into)
    return disk.steps, then


def in_turn(steps: list[str], turn: int) -> Iterator[int]:
    """Every step in full, else one of a few and half of all that come about a rename."""
    for at in range(len(steps)):
        about = steps[max(0, at - 2) : at + 1] if FULL or at % 2 == turn % 2 else []
        if at % STRIDE == turn % STRIDE or any(name.startswith("rename") for name in about):
            yield at


def judge(what: str, count: int, wrong: list[str]) -> None:
    """Fails with what went wrong; `pytest -rP` shows the counts of what did not."""
    print(f"{count} {what}, {len(wrong)} of them went wrong")
    assert count > 0 and not wrong, f"{len(wrong)} of {count} {what} went wrong, among them:\n" + "\n".join(wrong[:10])


def test_a_writer_killed_at_any_step_leaves_the_old_or_the_new(acts, begun, tmp_path):
    count, wrong = 0, list[str]()
    for turn, (name, act) in enumerate(acts.items()):
        steps, then = steps_of(act, begun, tmp_path / "count")
        for step in in_turn(steps, turn):
            root = copy_of(begun[0], tmp_path / f"{turn}-{step}")
            disk = SimulatedDisk(root)
            disk.kill_at(step)
            with disk.watching(), pytest.raises(Killed):
                act(begun[1].copy(), root / "store")
            count += 1
            if found := look_again(root, begun[1], then):
                wrong.append(f"{name}, killed before {disk.steps[step]}: {found}")
            shutil.rmtree(root)
    judge("kills at a step", count, wrong)


def test_a_process_killed_at_a_random_moment_loses_nothing_it_has_told(begun, folder, tmp_path, monkeypatch):
    root, _ = begun
    store, chance = root / "store", random.Random(1)
    lines, wrong, told_in_all = list[str](), list[str](), 0

    def write_for_ever(say: int) -> None:
        for at in range(1_000):
            release = releases.publish_release(store)
            os.write(say, f"{release.number} {page(release)}\n".encode())
            snapshot = bring_in(store, folder, f"20{10 + os.getpid() % 80}-01-{1 + at % 28:02d}")
            os.write(say, f"kept {snapshot.folder.name}\n".encode())
            os.write(say, f"{releases.rollback(store, release.number - at % 2).number} \n".encode())

    for _ in range(KILLS):
        hear, say = os.pipe()
        child = in_a_process(lambda to=say: write_for_ever(to))
        os.close(say)
        select.select([hear], [], [])  # the first word; from then on any moment is as good as another
        select.select([], [], [], chance.uniform(0, 0.06))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = Path(f"/proc/self/fd/{hear}").read_text().splitlines()
        os.close(hear)
        told_in_all += len(lines)
        served = [int(line.split()[0]) for line in lines if not line.startswith("kept")]
        release, notice = releases.last_good_release(store)
        # After the last word one more act may have been finished: a publish, or the rollback to the one before it.
        if notice or release.number not in (served[-1], served[-1] + 1, served[-1] + 2, served[-1] - 1):
            wrong.append(f"release {release.number} after {served[-1]} was told: {notice}")
        stamps = dict(tuple(map(int, line.split())) for line in lines if len(line.split()) == 2 and line[0] != "k")
        wrong += [
            f"release {number} is another one than was told of"
            for number, stamp in stamps.items()
            if page(releases.open_release(store, number)) != stamp
        ]
        kept = [line.split()[1] for line in lines if line.startswith("kept")]
        standing = {snapshot.folder.name for snapshot in snapshots(store, SOURCE)}
        wrong += [f"snapshot {name} is lost" for name in kept if name not in standing]
        releases.publish_release(store)
        if left := list(store.glob(".staging/*")):
            wrong.append(f"{left} is left behind")
        for number in releases.release_numbers(store)[:-3]:  # or it would take ever longer to look through them
            shutil.rmtree(store / "releases" / str(number))
        shutil.rmtree(store / "snapshots", ignore_errors=True)
    assert told_in_all >= KILLS
    judge(f"kills at a random moment ({told_in_all} words told)", KILLS, wrong)


def test_a_power_cut_at_any_moment_loses_nothing_that_was_told(acts, folder, tmp_path):
    root, told = tmp_path / "root", Told()
    (root / "data").mkdir(parents=True)
    disk, words = SimulatedDisk(root, remembers=True), [Told()]
    store = root / "data" / "deep" / "store"
    story: list[Act] = [
        acts["import again"],
        acts["publish"],
        lambda told, store: told.keep(store, folder, "2020-03-21"),
        acts["publish"],
        lambda told, store: told.rollback(store, 1),
        *(
            acts[name]
            for name in ("import in place of it", "withdraw", "rollback", "import", "import again", "publish")
        ),
    ]
    with disk.watching():
        for act in story:
            act(told, store)
            disk.tell(len(words))
            words.append(told.copy())
    after_words = [at + 1 for at, happened in enumerate(disk.history) if happened.what == "told"]
    chance = random.Random(2)
    cuts = [(at, how) for at in after_words for how in ("none", "some")]
    moments = len(disk.history)
    if FULL:
        cuts += [(at, how) for at in range(moments) for how in ("none", "all")]
    hows = ["none", "first", "some", "some", "all"]
    cuts += [(chance.randrange(moments), chance.choice(hows)) for _ in range(POWER_CUTS - len(after_words) * 2)]
    wrong = list[str]()
    for number, (at, how) in enumerate(cuts):
        into = tmp_path / f"cut-{number}"
        disk.after_power_cut(at, chance, how, into)
        said = sum(at >= word for word in after_words)
        then = words[min(said + 1, len(words) - 1)]
        with SimulatedDisk(into).watching():
            if found := look(into / "data" / "deep" / "store", words[said], then):
                wrong.append(f"cut {at} of {moments} ({how}), after {said} words: {found}")
        shutil.rmtree(into)
    judge(f"power cuts at {len({at for at, _ in cuts})} of {moments + 1} moments", len(cuts), wrong)


def test_what_is_told_after_a_kill_outlives_a_power_cut(acts, begun, folder, tmp_path):
    """A writer dies between a step and its fsync; the next one finds its work done, tells it, and the power goes."""
    count, wrong, chance = 0, list[str](), random.Random(3)
    told = begun[1]
    pairs: list[tuple[str, Act, Act]] = [(name, acts[name], acts[name]) for name in acts if name != "withdraw"]
    pairs += [
        ("import in place of it, publish", acts["import in place of it"], acts["publish"]),
        ("publish, rollback to it", acts["publish"], lambda told, store: told.rollback(store, newest(store))),
        (
            "first of a source",
            lambda told, store: bring_in(store, folder, source="hubs") and None,
            lambda told, store: bring_in(store, folder, source="hubs") and None,
        ),
    ]

    def newest(store: Path) -> int:
        return releases.release_numbers(store)[-1]

    for turn, (name, dies, tells) in enumerate(pairs):
        steps, ended = steps_of(dies, begun, tmp_path / "count")
        for step in in_turn(steps, turn):
            root = copy_of(begun[0], tmp_path / f"{turn}-{step}")
            disk, then = SimulatedDisk(root, remembers=True), told.copy()
            disk.kill_at(step)
            with disk.watching():
                with pytest.raises(Killed):
                    dies(told.copy(), root / "store")
                disk.revive()
                tells(then, root / "store")
            for how in ("none", "some", "first") if FULL else ("none",):
                count += 1
                into = tmp_path / "after"
                disk.after_power_cut(len(disk.history), chance, how, into)
                with SimulatedDisk(into).watching():
                    either = Told(then.served, then.stamps, {**then.kept, **ended.kept})
                    found = look(into / "store", then, either)
                    if name == "first of a source" and not snapshots(into / "store", "hubs"):
                        found = "lost: the only snapshot of hubs"
                if found:
                    wrong.append(f"{name}, killed before {disk.steps[step]}: {found}")
                shutil.rmtree(into)
            shutil.rmtree(root)
    judge("power cuts after a kill", count, wrong)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO], ids=["disk full", "disk failing"])
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "until the end"])
def test_a_call_that_fails_at_any_step_leaves_the_old_or_the_new(acts, begun, tmp_path, error, for_good):
    count, refused, wrong = 0, 0, list[str]()
    only = WRITES if error == errno.ENOSPC else WRITES | ENDS
    for turn, (name, act) in enumerate(acts.items()):
        steps, then = steps_of(act, begun, tmp_path / "count")
        for step in in_turn(steps, turn + error + for_good):
            root, told = copy_of(begun[0], tmp_path / f"{turn}-{step}"), begun[1].copy()
            disk = SimulatedDisk(root)
            disk.fail_at(step, error, for_good, only)
            with disk.watching():
                try:
                    act(told, root / "store")
                except OSError as trouble:
                    refused += 1
                    if trouble.errno != error:
                        wrong.append(f"{name}, {disk.steps[step]} failed: {trouble!r} is told instead")
            count += 1
            if found := look_again(root, told, then):
                wrong.append(f"{name}, {disk.steps[step]} failed: {found}")
            shutil.rmtree(root)
    assert refused > count / 3
    judge(f"failing calls ({refused} acts refused)", count, wrong)


def test_a_release_of_real_marts_outlives_power_cuts(small_store, tmp_path, monkeypatch):
    monkeypatch.undo()
    root = tmp_path / "root"
    root.mkdir()
    shutil.copytree(small_store / "snapshots", root / "store" / "snapshots")
    disk = SimulatedDisk(root, remembers=True)
    with disk.watching():
        releases.publish_release(root / "store")
        told_at = len(disk.history)
        releases.publish_release(root / "store")
    chance, found = random.Random(4), list[int]()
    moments = [told_at, len(disk.history), *chance.sample(range(told_at, len(disk.history)), 20 if FULL else 3)]
    for at in moments:
        into = tmp_path / f"cut-{at}"
        disk.after_power_cut(at, chance, "none" if at in moments[:2] else "some", into)
        release, notice = releases.last_good_release(into / "store")
        assert not notice
        found.append(release.number)
    assert found[:2] == [1, 2] and set(found) == {1, 2}, found


def test_a_file_refused_for_its_day_leaves_the_one_that_was_there(tmp_path, folder):
    store = tmp_path / "store"

    def bring(day_digest: str, streams: list[str], kind: str) -> Snapshot:
        account = {"rows_in": 1, "published": 1, "collapsed": 0, "quarantined": 0, "streams": streams, "notes": []}
        return keep(store, Arrival(SOURCE, "2020-03-20", "published", day_digest * 8, folder, account, kind))[0]

    bring("aaaaaaaa", ["one", "two"], WHOLE)
    both = bring("bbbbbbbb", ["two", "three"], PART)
    with pytest.raises(DaysOverlap):
        bring("aaaaaaaa", ["one", "two"], WHOLE)
    assert verify(both.folder)["input"]["streams"] == ["one", "three", "two"]
    assert [one.folder for one in pinned(store)[SOURCE]] == [both.folder]


def test_a_name_that_is_taken_is_no_number_of_a_release(begun):
    store = begun[0] / "store"
    (store / "releases" / "3").write_bytes(b"x")
    assert releases.publish_release(store).number == 4


def test_what_cannot_be_cleared_away_is_not_published(begun, monkeypatch):
    store = begun[0] / "store"

    def stuck(folder: Path, *args: object, **options: object) -> None:
        if folder.name == "scratch" and not options.get("ignore_errors"):
            raise OSError(errno.EIO, "cannot be removed")

    with monkeypatch.context() as patched:
        patched.setattr(releases.shutil, "rmtree", stuck)
        with pytest.raises(OSError, match="cannot be removed"):
            releases.publish_release(store)
    assert releases.open_release(store).number == 1


def test_the_disk_that_is_played_forgets_what_was_not_synced(tmp_path):
    """The simulation itself: else every test above would hold for a store without any fsync."""
    root = tmp_path / "root"
    root.mkdir()
    disk = SimulatedDisk(root, remembers=True)
    with disk.watching():
        (root / "data.parquet").write_bytes(parquet("rows", 1))
        (root / "other").mkdir()
        (root / "data.parquet").rename(root / "other" / "data.parquet")
    found = set()
    for seed in range(200):
        into = tmp_path / f"cut-{seed}"
        disk.after_power_cut(len(disk.history), random.Random(seed), "some", into)
        files = [path for path in into.rglob("*") if path.is_file()]
        assert len(files) <= 1, "a rename is one change"
        found.add((str(files[0].relative_to(into)), files[0].read_bytes() == parquet("rows", 1)) if files else None)
    assert found == {
        None,
        *((name, whole) for name in ("data.parquet", "other/data.parquet") for whole in (True, False)),
    }
