"""How anything comes into the store: written aside, made durable, verified, then renamed. The only writer.

Order: lock, `.staging/<uuid>/`, chmod 0444 and fsync of each file, verification, manifest and its fsync, fsync of the
folders, rename, fsync of the parent. Until the rename a reader sees nothing; after it, everything. A writer may die at
any step and the power may go: `tests/store/` plays both.
"""

import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dashboard.refusals import Refusal

MANIFEST = "manifest.json"
LOCK = ".lock"
STAGING = ".staging"
# A snapshot waits here while another takes its place; `locked` finishes the change, or undoes it.
REPLACED = ".replaced"


class StoreDamaged(Refusal):
    """What lies in the store is not what was published; the message says which file and what to do."""


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Holds the store for one writer; others wait. Clears and finishes what a writer that died left behind."""
    if not (store / LOCK).exists():
        store.mkdir(parents=True, exist_ok=True)
        for above in store.resolve().parents:
            if os.access(above, os.R_OK | os.W_OK):  # in the others no folder can have been made
                _fsync(above)
    with (store / LOCK).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        _remove(store / STAGING)
        _finish_replacing(store)
        yield


@contextmanager
def staged(store: Path) -> Iterator[Path]:
    """A new folder to write into, on the store's own file system; gone afterwards unless `publish` moved it."""
    folder = store / STAGING / uuid.uuid4().hex
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        _remove(folder)


def publish(store: Path, folder: Path, target: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Makes a staged folder durable and moves it to its place; returns the manifest as written.

    A folder that is in its place already is put aside; should the writer die meanwhile, the next one finds either.
    """
    files = {str(path.relative_to(folder)): _described(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    for name in files:
        (folder / name).chmod(0o444)
        _fsync(folder / name)
    for name, said in files.items():
        if _described(folder / name) != said:
            raise StoreDamaged(f"{name} changed while it was published. Look at the disk, then publish again.")
    full = {**manifest, "files": files}
    full["digest"] = _digest(full)
    (folder / MANIFEST).write_text(_written(full), encoding="utf-8")
    (folder / MANIFEST).chmod(0o444)
    _fsync(folder / MANIFEST)
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o555)
            _fsync(path)
    _fsync(folder)  # writable until it is renamed, which not everyone may do with one that is not
    make_durable(store, target.parent)
    if target.is_dir():
        _move(store, target, store / REPLACED / target.relative_to(store))
    try:
        folder.rename(target)
        _fsync(target.parent)
        target.chmod(0o555)
    finally:
        _finish_replacing(store)
    return full


def point(store: Path, name: str, value: str) -> None:
    """Replaces a one-line file of the store at once and durably. Call it with the store locked."""
    with staged(store) as folder:
        (folder / name).write_text(_line(value), encoding="utf-8")
        _fsync(folder / name)
        (folder / name).replace(store / name)
        _fsync(store)


def pointed(store: Path, name: str) -> str:
    """What `point` wrote.

    Raises:
        FileNotFoundError: it never did.
        StoreDamaged: the file cannot be read, or holds something else.
    """
    try:
        said = (store / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as wrong:
        raise StoreDamaged(f"{store / name} cannot be read ({type(wrong).__name__}).") from wrong
    value = said.split(" ")[0].strip()
    if said != _line(value):
        raise StoreDamaged(f"{store / name} says {said[:20].strip()!r}, not a number and the check that belongs to it.")
    return value


def make_durable(store: Path, folder: Path) -> None:
    """Makes a folder of the store, and has every name on the way to it on the disk, whoever made it."""
    folder.mkdir(parents=True, exist_ok=True)
    _fsync(folder)
    if folder != store:
        make_durable(store, folder.parent)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a snapshot or release, as it was written.

    Raises:
        StoreDamaged: it is not there, cannot be read, or is not what was published.
    """
    path = folder / MANIFEST
    try:
        text = path.read_text(encoding="utf-8")
        said = json.loads(text)
        whole = isinstance(said, dict) and said["digest"] == _digest(said) and text == _written(said)
    except (OSError, ValueError, KeyError) as wrong:
        found = ", ".join(sorted(p.name for p in folder.iterdir())) if folder.is_dir() else "no such folder"
        raise StoreDamaged(f"{folder} has no readable {MANIFEST} (found: {found}). {_mend(folder)}") from wrong
    if not whole:
        raise StoreDamaged(f"{path} is not the one that was published (its digest differs). {_mend(folder)}")
    return said


def verify(folder: Path) -> dict[str, Any]:
    """The manifest, after every file it names was found with its size and sha256.

    Raises:
        StoreDamaged: a file is missing, or not the one that was published.
    """
    manifest = read_manifest(folder)
    for name, said in manifest["files"].items():
        path = folder / name
        try:
            whole = path.stat().st_size == said["bytes"] and sha256(path) == said["sha256"]
        except FileNotFoundError:
            raise StoreDamaged(f"{folder}: {name} is missing. {_mend(folder)}") from None
        except OSError as wrong:
            raise StoreDamaged(f"{folder}: {name} cannot be read ({wrong.strerror}). {_mend(folder)}") from wrong
        if not whole:
            raise StoreDamaged(
                f"{folder}: {name} is not the file that was published (its sha256 differs). {_mend(folder)}"
            )
    return manifest


def put_aside(store: Path, folder: Path) -> Path:
    """Moves a snapshot out of what releases are built from; nothing is deleted. Call it with the store locked."""
    aside = store / "withdrawn" / folder.parent.name / f"{folder.name}-{uuid.uuid4().hex[:8]}"
    _move(store, folder, aside)
    return aside


def sha256(path: Path) -> str:
    """The digest of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(manifest: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in manifest.items() if key != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _mend(folder: Path) -> str:
    if "snapshots" in folder.parts:
        return f"Import the file again, or `coalition withdraw {folder.parent.name} {folder.name}` and publish."
    return (
        "Publish again, or roll back with `coalition releases rollback N`; `coalition releases list` shows which stand."
    )


def _described(path: Path) -> dict[str, Any]:
    said: dict[str, Any] = {"bytes": path.stat().st_size, "sha256": sha256(path)}
    if path.suffix == ".parquet":
        meta = pq.ParquetFile(path)
        schema = [[field.name, str(field.type)] for field in meta.schema_arrow]
        said["rows"] = meta.metadata.num_rows
        said["schema"] = hashlib.sha256(json.dumps(schema).encode()).hexdigest()[:16]
    return said


def _finish_replacing(store: Path) -> None:
    """Puts aside what was replaced, or back in its place where nothing came."""
    for held in sorted((store / REPLACED).glob("*/*/*")):
        target = store / held.relative_to(store / REPLACED)
        if target.is_dir():
            _fsync(target.parent)
            put_aside(store, held)
        else:
            _move(store, held, target)


def _move(store: Path, folder: Path, to: Path) -> None:
    make_durable(store, to.parent)
    folder.chmod(0o755)  # a folder that is not writable cannot be renamed by everyone
    folder.rename(to)
    to.chmod(0o555)
    _fsync(to.parent)
    _fsync(folder.parent)


def _remove(folder: Path) -> None:
    """Deletes a staged folder, as far as that goes: the next writer tries again."""
    with suppress(OSError):
        for path, _folders, _files in os.walk(folder):
            Path(path).chmod(0o700)  # else what lies in one made unwritable stays for ever
    shutil.rmtree(folder, ignore_errors=True)


def _written(manifest: Mapping[str, Any]) -> str:
    return json.dumps(manifest, indent=1, sort_keys=True) + "\n"


def _line(value: str) -> str:
    return f"{value} {hashlib.sha256(value.encode()).hexdigest()[:16]}\n"


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
