"""How anything comes into the store: written aside, made durable, verified, then renamed. The only writer.

Order: lock, `.staging/<uuid>/`, fsync of each file, verification, manifest and its fsync, chmod 0444, rename,
fsync of the parent. Until the rename a reader sees nothing; after it, everything.
"""

import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

MANIFEST = "manifest.json"


class StoreDamaged(Exception):
    """What lies in the store is not what was published; the message says which file and what to do."""


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Holds the store for one writer; others wait. Clears what a writer that died left in `.staging`."""
    store.mkdir(parents=True, exist_ok=True)
    with (store / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        shutil.rmtree(store / ".staging", ignore_errors=True)
        yield


@contextmanager
def staged(store: Path) -> Iterator[Path]:
    """A new folder to write into, on the store's own file system; gone afterwards unless `publish` moved it."""
    folder = store / ".staging" / uuid.uuid4().hex
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(folder: Path, target: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Makes a staged folder durable and moves it to its place; returns the manifest as written."""
    files = {str(path.relative_to(folder)): _described(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    for name in files:
        _fsync(folder / name)
    for name, said in files.items():
        if _described(folder / name) != said:
            raise StoreDamaged(f"{name} changed while it was published. Look at the disk, then publish again.")
    full = {**manifest, "files": files}
    full["digest"] = _digest(full)
    (folder / MANIFEST).write_text(json.dumps(full, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    _fsync(folder / MANIFEST)
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    for path in [*folder.rglob("*"), folder]:
        if path.is_dir():
            _fsync(path)
    _make_durable_folder(target.parent)
    folder.chmod(0o755)  # a folder that is not writable cannot be renamed by everyone
    folder.rename(target)
    target.chmod(0o555)
    _fsync(target.parent)
    return full


def point(store: Path, name: str, value: str) -> None:
    """Replaces a one-line file of the store at once and durably."""
    temporary = store / f".{name}.{uuid.uuid4().hex}"
    temporary.write_text(value + "\n", encoding="utf-8")
    _fsync(temporary)
    temporary.replace(store / name)
    _fsync(store)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a snapshot or release, as it was written.

    Raises:
        StoreDamaged: it is not there, cannot be read, or is not what was published.
    """
    path = folder / MANIFEST
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        whole = isinstance(said, dict) and said.get("digest") == _digest(said) and isinstance(said["files"], dict)
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
        if not path.is_file():
            raise StoreDamaged(f"{folder}: {name} is missing. {_mend(folder)}")
        if path.stat().st_size != said["bytes"] or sha256(path) != said["sha256"]:
            raise StoreDamaged(
                f"{folder}: {name} is not the file that was published (its sha256 differs). {_mend(folder)}"
            )
    return manifest


def put_aside(store: Path, folder: Path) -> Path:
    """Moves a snapshot out of what releases are built from; nothing is deleted. Call it with the store locked."""
    aside = store / "withdrawn" / folder.parent.name / f"{folder.name}-{uuid.uuid4().hex[:8]}"
    _make_durable_folder(aside.parent)
    folder.chmod(0o755)
    folder.rename(aside)
    _fsync(aside.parent)
    _fsync(folder.parent)
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


def _make_durable_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_durable_folder(folder.parent)
        folder.mkdir()
        _fsync(folder.parent)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
