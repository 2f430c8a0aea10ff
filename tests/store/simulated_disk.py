"""A disk that knows what is durable: it watches a folder and plays power cuts, kills and failing calls. No test itself.

The model is harsher than ext4 or xfs. Data of a file is on the disk once the file was synced, and until then lost,
torn, zeros or whole; a name is there once its folder was synced, and until then there or not, in any order. One rename
is one change. As an ordinary user would, a writer is refused in a folder without the right to write, even where tests
are run by root.
"""

import builtins
import io
import os
import random
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

Node = int
ROOT: Node = 0
AS_MADE = {"folder": 0o755, "file": 0o644}


class Killed(BaseException):
    """The writer is dead: nothing that it still tries reaches the disk."""


@dataclass(frozen=True)
class Entry:
    """A name of a folder before and after a change; None is no such name."""

    folder: Node
    name: str
    before: Node | None
    after: Node | None


@dataclass(frozen=True)
class Happened:
    """One thing the disk has seen: `entries` changed together, a file got `data`, a node a `mode`, or was synced."""

    what: str
    node: Node = ROOT
    entries: tuple[Entry, ...] = ()
    data: bytes = b""
    mode: int = 0
    report: Any = None


class SimulatedDisk:
    """Watches the file operations below a folder; with `remembers`, the folder can be had as after a power cut."""

    def __init__(self, root: Path, remembers: bool = False) -> None:
        self.root = root.resolve()
        self.steps: list[str] = []
        self.history: list[Happened] = []
        self.before_step: Callable[[int, str], None] = lambda at, name: None
        self._dead = False
        self._remembers = remembers
        self._kinds: dict[Node, str] = {}
        self._by_inode: dict[int, Node] = {}
        self._seen: dict[Node, tuple[Any, ...]] = {}
        self._names: dict[Node, dict[str, Node]] = {}
        if remembers:
            self._observe()
            for node in self._kinds:
                self.history.append(Happened("sync", node))
        self.began = len(self.history)

    @contextmanager
    def watching(self) -> Iterator["SimulatedDisk"]:
        """Everything below the root goes through the disk; nothing is really synced, which no simulation needs."""
        real = {name: getattr(os, name) for name in ("mkdir", "rmdir", "unlink", "rename", "chmod", "open", "fsync")}
        real_open = io.open

        def entry_call(name: str) -> Callable[..., Any]:
            def call(path: Any, *args: Any, dir_fd: int | None = None, **options: Any) -> Any:
                options_of_folder = {} if dir_fd is None else {"dir_fd": dir_fd}
                absolute = _absolute(path, dir_fd)
                if not self._holds(absolute):
                    return real[name](path, *args, **options_of_folder, **options)
                return self._step(name, absolute, lambda: real[name](path, *args, **options_of_folder, **options))

            return call

        def rename(source: Any, target: Any) -> None:
            old, new = _absolute(source), _absolute(target)
            self._permit(new)
            if old.is_dir() and old.parent != new.parent and not old.stat().st_mode & stat.S_IWUSR:
                raise PermissionError(13, "a folder that cannot be written is not moved", str(old))
            self._step("rename", old, lambda: real["rename"](source, target))

        def chmod(path: Any, mode: int, **options: Any) -> None:
            absolute = _absolute(path)
            if not self._holds(absolute):
                return real["chmod"](path, mode, **options)
            return self._step("chmod", absolute, lambda: real["chmod"](path, mode, **options), permitted=True)

        def fsync(handle: int) -> None:
            absolute = Path(f"/proc/self/fd/{handle}").readlink()
            if self._holds(absolute):
                self._step("fsync", absolute, lambda: None, permitted=True)
                if self._remembers:
                    self.history.append(Happened("sync", self._by_inode[os.fstat(handle).st_ino]))

        def low_open(path: Any, flags: int, *args: Any, **options: Any) -> int:
            assert not (flags & os.O_CREAT and self._holds(_absolute(path, options.get("dir_fd")))), f"unseen: {path}"
            return real["open"](path, flags, *args, **options)

        def sendfile(out: int, *args: Any) -> int:
            raise OSError(95, "copies are written, so that each write is seen")

        def high_open(file: Any, mode: str = "r", buffering: int = -1, *args: Any, **options: Any) -> Any:
            writes = not isinstance(file, int) and set(mode) & set("wxa+")
            if not writes or not self._holds(absolute := _absolute(file)):
                return real_open(file, mode, buffering, *args, **options)
            if absolute.exists() and not absolute.stat().st_mode & stat.S_IWUSR:
                raise PermissionError(13, "the file cannot be written", str(absolute))
            plain = mode.replace("b", "").replace("t", "")
            raw = self._step("create", absolute, lambda: _SeenFile(self, absolute, plain), permitted=absolute.exists())
            buffered = io.BufferedWriter(raw)
            return buffered if "b" in mode else io.TextIOWrapper(buffered, *args, **options)

        patches: dict[str, Callable[..., Any]] = {
            **{name: entry_call(name) for name in ("mkdir", "rmdir", "unlink")},
            "remove": entry_call("unlink"),
            "rename": rename,
            "replace": rename,
            "chmod": chmod,
            "fsync": fsync,
            "open": low_open,
            "sendfile": sendfile,
        }
        with ExitStack() as patched:
            for name, call in patches.items():
                patched.enter_context(mock.patch.object(os, name, call))
            for module in (io, builtins):
                patched.enter_context(mock.patch.object(module, "open", high_open))
            yield self

    def tell(self, report: Any) -> None:
        """Notes that the writer has told somebody: from here on it must not be lost."""
        self.history.append(Happened("told", report=report))

    def kill_at(self, step: int) -> None:
        """Kills the writer before that step; a write is torn."""

        def kill(at: int, name: str) -> None:
            if at == step:
                self._dead = True
                raise Killed(f"before step {at}, {name}")

        self.before_step = kill

    def fail_at(self, step: int, error: int, for_good: bool, only: frozenset[str]) -> None:
        """Has that step fail, or with `for_good` every one from it on, where it is one of the calls named."""

        def fail(at: int, name: str) -> None:
            if (at == step or (for_good and at > step)) and name.split()[0] in only:
                raise OSError(error, os.strerror(error), name)

        self.before_step = fail

    def revive(self) -> None:
        """Another writer, or the trouble is over."""
        self._dead = False
        self.before_step = lambda at, name: None

    def after_power_cut(self, at: int, chance: random.Random, how: str, into: Path) -> None:
        """Writes the folder as it may be found when the power went after `at` things had happened.

        Args:
            at: how much of the history had happened.
            chance: decides what of the rest had reached the disk.
            how: `none` of the rest, `all` of it, `first` of it in order, or `some` in any order.
            into: a folder to make.
        """
        names, pending = {ROOT: dict[str, Node]()}, list[tuple[Entry, ...]]()
        latest, kept, modes, kept_modes = dict[Node, bytes](), dict[Node, bytes](), dict[Node, int](), dict[Node, int]()
        for happened in self.history[:at]:
            node = happened.node
            if happened.what == "entries":
                pending.append(happened.entries)
            elif happened.what == "data":
                latest[node] = happened.data
            elif happened.what == "mode":
                modes[node] = happened.mode
            elif happened.what == "sync":
                kept_modes[node] = modes[node]
                if self._kinds[node] == "file":
                    kept[node] = latest.get(node, b"")
                else:
                    touching = {n for n, group in enumerate(pending) if any(entry.folder == node for entry in group)}
                    pending = _apply(pending, touching, names)
        order = range(len(pending))
        chosen = {
            "none": set[int](),
            "all": set(order),
            "first": set(range(chance.randint(0, len(pending)))),
            "some": {n for n in order if chance.random() < 0.5},
        }[how]
        _apply(pending, chosen, names)
        data = {node: _torn(kept.get(node, b""), latest[node], how, chance) for node in latest}

        def write(node: Node, folder: Path) -> None:
            folder.mkdir()
            for name, inner in names.get(node, {}).items():
                if self._kinds[inner] == "folder":
                    write(inner, folder / name)
                else:
                    (folder / name).write_bytes(data.get(inner, b""))
                either = [kept_modes.get(inner, AS_MADE[self._kinds[inner]]), modes[inner]]
                (folder / name).chmod(
                    either[0] if how == "none" else either[1] if how == "all" else chance.choice(either)
                )

        write(ROOT, into)

    def _holds(self, path: Path) -> bool:
        return path.is_relative_to(self.root)

    def _permit(self, path: Path) -> None:
        if self._holds(path.parent) and not path.parent.stat().st_mode & stat.S_IWUSR:
            raise PermissionError(13, "the folder cannot be written", str(path))

    def _step(self, name: str, path: Path, act: Callable[[], Any], permitted: bool = False) -> Any:
        if self._dead:
            raise Killed(f"dead before {name} {path}")
        self.steps.append(f"{name} {path.relative_to(self.root)}")
        self.before_step(len(self.steps) - 1, self.steps[-1])
        if not permitted:
            self._permit(path)
        result = act()
        if self._remembers:
            self._observe(written=path if name == "write" else None)
        return result

    def _observe(self, written: Path | None = None) -> None:
        """Compares the folder with what it was a step ago, and notes the difference."""
        inodes, names = dict[int, Node](), dict[Node, dict[str, Node]]()
        fresh = list[Happened]()

        def look(path: Path) -> Node:
            status = path.lstat()
            node = self._by_inode.get(status.st_ino)
            kind = "folder" if stat.S_ISDIR(status.st_mode) else "file"
            if node is None or self._kinds[node] != kind:
                node = len(self._kinds)  # the root is looked at first, and so is ROOT
            self._kinds[node] = kind
            inodes[status.st_ino] = node
            mode = stat.S_IMODE(status.st_mode)
            looks = (mode, status.st_size, status.st_mtime_ns) if kind == "file" else (mode,)
            before = self._seen.get(node)
            if before is None or before[0] != mode:
                fresh.append(Happened("mode", node, mode=mode))
            if kind == "file" and (before != looks or path == written):
                fresh.append(Happened("data", node, data=path.read_bytes()))
            self._seen[node] = looks
            if kind == "folder":
                names[node] = {inner.name: look(inner) for inner in sorted(path.iterdir())}
            return node

        look(self.root)
        gone = self._by_inode.keys() - inodes.keys()
        for inode in gone:
            self._seen.pop(self._by_inode[inode], None)
        entries = tuple(
            Entry(folder, name, had.get(name), has.get(name))
            for folder in names.keys() | self._names.keys()
            for had, has in [(self._names.get(folder, {}), names.get(folder, {}))]
            if folder in names or had
            for name in sorted(had.keys() | has.keys())
            if had.get(name) != has.get(name)
        )
        if entries:
            fresh.append(Happened("entries", entries=entries))
        self._by_inode, self._names = inodes, names
        self.history += fresh


class _SeenFile(io.FileIO):
    def __init__(self, disk: SimulatedDisk, path: Path, mode: str) -> None:
        self._disk, self._path = disk, path
        super().__init__(path, mode)

    def write(self, data: Any) -> int:
        if self._disk._dead:
            return len(data)  # what a dead writer had in its buffers is lost
        try:
            return self._disk._step("write", self._path, lambda: super(_SeenFile, self).write(data), permitted=True)
        except BaseException:
            super().write(bytes(data)[: len(data) // 2])
            raise


def _absolute(path: Any, folder: int | None = None) -> Path:
    """Where a path leads, the last name itself unresolved."""
    whole = Path(os.fspath(path))
    if folder is not None and not whole.is_absolute():
        whole = Path(f"/proc/self/fd/{folder}").readlink() / whole
    return whole.absolute()


def _apply(
    pending: list[tuple[Entry, ...]], chosen: set[int], names: dict[Node, dict[str, Node]]
) -> list[tuple[Entry, ...]]:
    """Makes the chosen changes, and those before them of the same names, durable; returns the others."""
    chosen, touched = set(chosen), set[tuple[Node, str]]()
    for at in reversed(range(len(pending))):
        mine = {(entry.folder, entry.name) for entry in pending[at]}
        if at in chosen or mine & touched:
            chosen.add(at)
            touched |= mine
    for at in sorted(chosen):
        for entry in pending[at]:
            folder = names.setdefault(entry.folder, {})
            folder.pop(entry.name, None)
            if entry.after is not None:
                folder[entry.name] = entry.after
    return [group for at, group in enumerate(pending) if at not in chosen]


def _torn(kept: bytes, latest: bytes, how: str, chance: random.Random) -> bytes:
    if kept == latest or how == "none":
        return kept
    if how == "all":
        return latest
    return chance.choice([kept, latest, latest[: chance.randint(0, len(latest))], bytes(len(latest))])


def copy_of(folder: Path, into: Path) -> Path:
    """A folder like it, with the modes of files and folders."""
    shutil.copytree(folder, into)
    return into
