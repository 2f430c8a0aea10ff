"""Stores that tests read: each is filled once a run, and kept between runs while nothing changes that makes it."""

import ast
import fcntl
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from dashboard.settings import PROJECT, engine_address, learner_secret_file
from dashboard.store.releases import today

CACHE = PROJECT / ".cache" / "stores"
# Where it is set, every run fills its stores anew and keeps none.
FRESH = "COALITION_FRESH_STORES"
MODULE = re.compile(r"(?:dashboard|tests)(?:\.[a-z_0-9]+)+")
# Besides the modules that fill a store. Questions of pages are asked of a store and never make one.
READ_TOO = (
    *("data/reference", "data/sources", "queries", "tests/fixtures", "requirements.lock"),
    "dashboard/warehouse",  # a release keeps a digest of its code beside each table
)
READ_BY_PAGES = (
    *("queries/pages", "queries/audiences", "queries/metrics", "queries/changes"),
    *("queries/columns.toml", "queries/parameters.toml"),
)
SUMS = "sums.json"

Fill = Callable[..., object]


def filled_once(folder: Path, fill: Fill, *files: Path) -> Path:
    """The store below a folder of this run, filled by whichever process comes first, or taken from an earlier run.

    Args:
        folder: of the store and of what else `fill` writes beside it; tests may write there, nothing comes back.
        fill: fills the store, as the code of its module and of all that this imports has it.
        files: folders outside of the project from which it fills; `fill` is given them.
    """
    with _alone(folder.with_suffix(".lock")):
        if not folder.exists():
            unfinished = folder.with_suffix(".part")
            shutil.rmtree(unfinished, ignore_errors=True)
            kept = None if os.environ.get(FRESH) else Kept(folder.name, digest(fill, *files))
            if not (kept and kept.take(unfinished)):
                unfinished.mkdir(parents=True)
                fill(unfinished / "store", *files)
                if kept:
                    kept.keep(unfinished)
            unfinished.rename(folder)
    return folder / "store"


class Kept:
    """What was filled by an earlier run of the same code from the same files on the same day."""

    def __init__(self, name: str, digest: str, cache: Path | None = None) -> None:
        self.name, self.cache = name, cache or CACHE
        self.folder = self.cache / f"{name}-{digest[:16]}"

    def take(self, folder: Path) -> bool:
        """Copies it to a folder that is not there yet; False where it is not kept, or not as it was."""
        if not self.folder.is_dir():
            return False
        with self._alone():
            try:
                shutil.copytree(self.folder, folder, symlinks=True)
                sums_kept = json.loads((folder / SUMS).read_text(encoding="utf-8"))
                (folder / SUMS).unlink()
                if sums_kept == sums(folder):
                    return True
            except (OSError, ValueError):
                pass
        shutil.rmtree(folder, ignore_errors=True)
        return False

    def keep(self, folder: Path) -> None:
        """Keeps a copy of the folder, and none of other days and other code; a disk that takes none is no matter."""
        with suppress(OSError, shutil.Error):
            self.cache.mkdir(parents=True, exist_ok=True)
            with self._alone():
                for old in self.cache.iterdir():
                    if re.fullmatch(rf"{re.escape(self.name)}-(part|[0-9a-f]{{16}})", old.name):
                        shutil.rmtree(old)
                unfinished = self.cache / f"{self.name}-part"
                shutil.copytree(folder, unfinished, symlinks=True)
                (unfinished / SUMS).write_text(json.dumps(sums(folder)), encoding="utf-8")
                unfinished.rename(self.folder)

    def _alone(self):
        return _alone(self.cache / f"{self.name}.lock")


def sums(folder: Path) -> dict[str, str]:
    """The sha256 of every file below a folder."""
    return {str(path.relative_to(folder)): _sum(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def digest(fill: Fill, *folders: Path, project: Path = PROJECT) -> str:
    """Tells apart all that a store may differ by: what it is made of, what makes it, and the day that stands in it."""
    conditions = [sys.version, engine_address(), learner_secret_file().read_text(encoding="ascii"), fill.__qualname__]
    whole = hashlib.sha256(repr([*conditions, str(today())]).encode())
    for base, files in [(project, files_of(fill, project)), *((folder, folder.rglob("*")) for folder in folders)]:
        for file in sorted(path for path in files if path.is_file()):
            whole.update(repr([str(file.relative_to(base)), _sum(file)]).encode())
    return whole.hexdigest()


def files_of(fill: Fill, project: Path = PROJECT) -> set[Path]:
    """Every file of the project that a filling may run or read."""
    modules = modules_of(fill.__module__, project)
    files = set(modules)
    for folder in {module.parent for module in modules if module.is_relative_to(project / "dashboard")}:
        files |= {path for path in folder.iterdir() if path.is_file() and path.suffix not in (".py", ".pyc")}
    by_pages = [project / name for name in READ_BY_PAGES]
    for path_read in (project / name for name in READ_TOO):
        for path in [path_read] if path_read.is_file() else path_read.rglob("*"):
            if path.is_file() and path.suffix != ".pyc" and not any(path.is_relative_to(f) for f in by_pages):
                files.add(path)
    return files


def modules_of(name: str, project: Path = PROJECT) -> set[Path]:
    """The file of a module of the project, and those of all modules that it names, and that these name."""
    files: set[Path] = set()
    seen, left = set(), [name]
    while left:
        name = left.pop()
        if name in seen:
            continue
        seen.add(name)
        path = project / name.replace(".", "/")
        file = next((path for path in (path.with_suffix(".py"), path / "__init__.py") if path.is_file()), None)
        if "." in name:
            left.append(name.rpartition(".")[0])
        if file:
            files.add(file)
            left += _named(file.read_bytes())
            if b"iter_modules(__path__)" in file.read_bytes():  # the package imports all that lies in its folder
                left += [f"{name}.{module.stem}" for module in file.parent.glob("*.py") if module != file]
    return files


@cache
def _named(code: bytes) -> frozenset[str]:
    """What a module imports, at its top or later, and what it names for a process of its own to run."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            named.add(node.value)
    return frozenset(name for name in named if MODULE.fullmatch(name))


def _sum(file: Path) -> str:
    with file.open("rb") as body:
        return hashlib.file_digest(body, "sha256").hexdigest()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
