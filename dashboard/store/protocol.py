"""How anything comes into the store: written aside, made durable, verified, then renamed. The only writer.

Order: lock, `.staging/<uuid>/`, chmod 0400 and fsync of each file, verification, manifest and its fsync, fsync of the
folders, rename, fsync of the parent. Until the rename a reader sees nothing; after it, everything. A writer may die at
any step and the power may go: `tests/store/` plays both. Files and folders are for their owner only.
"""

import errno
import fcntl
import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import accumulate
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from dashboard.refusals import Refusal
from dashboard.store.mirrored import is_mirror
from dashboard.store.names import is_relative_path
from dashboard.store.workspace import (
    FILE_MODE,
    FOLDER_MODE,
    STAGING,
    flush,
    for_its_owner,
    make_folder,
    sweep,
    workspace,
)

MANIFEST = "manifest.json"
LOCK = ".lock"
AUDIT = "audit"
# What was published is read by its owner and written by nobody.
PUBLISHED_FILE, PUBLISHED_FOLDER = 0o400, 0o500
# A snapshot waits here while another takes its place; `locked` finishes the change, or undoes it.
REPLACED = ".replaced"
# How manifests are written; one of a higher number was written by a newer version.
FORMAT = 1
FULL = (errno.ENOSPC, errno.EDQUOT)
CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
# A file where a folder belongs, a folder where a file does, a link that leads to itself, a name that is too long.
OBSTRUCTED = (errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP, errno.ENAMETOOLONG)


class StoreDamaged(Refusal):
    """What lies in the store is not what was published; the message states which file and what to do."""


class NoRoom(Refusal):
    """The disk of the store is full, or takes no writes."""


class NotShared(Exception):
    """Code writes into the mirror of a bucket, where nobody else would ever see it: `shared` gives it a place."""


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Holds the store for one writer; others wait. Clears and finishes what a writer that died left behind.

    Raises:
        StoreDamaged: a link, or a file, stands where a folder of the store belongs.
        NotShared: it is the mirror of a bucket.
    """
    if is_mirror(store):
        raise NotShared(f"{store} is the mirror of a bucket.")
    if not os.path.lexists(store / LOCK):
        make_folder(store)
        for above in store.resolve().parents:
            if os.access(above, os.R_OK | os.W_OK):  # in the others no folder can have been made
                flush(above)
    else:
        _for_its_owner(store)
    _refuse_links(store)
    with (store / LOCK).open("a") as handle:
        for_its_owner(store / LOCK, handle.fileno())
        fcntl.flock(handle, fcntl.LOCK_EX)
        sweep(store)
        sweep(store / AUDIT)
        _finish_replacing(store)
        yield


# A new folder to write into; gone afterwards unless `publish` moved it.
staged = workspace


@contextmanager
def in_words() -> Iterator[None]:
    """Has a disk that is full, or takes no writes, refuse with a sentence. Decorates what writes to the store.

    Raises:
        NoRoom: the disk is the reason.
    """
    try:
        yield
    except (OSError, duckdb.Error) as trouble:
        number, why = getattr(trouble, "errno", None), getattr(trouble, "strerror", None)
        where = getattr(trouble, "filename", None) or "in the store"
        if number in FULL or "No space left" in str(trouble):
            raise NoRoom(
                f"The disk of the store is full (found: {why or 'no space left'}), so this was not finished. What is "
                "served stays as it was. Free space, then do the same again."
            ) from trouble
        if number in CLOSED:
            raise NoRoom(
                f"A file or folder cannot be read or written (found: {why}, {where}), so this was not finished. What "
                "is served stays as it was. Correct its permissions, or those of the store's disk, then do it again."
            ) from trouble
        if number in OBSTRUCTED:
            raise NoRoom(
                f"A file or folder of the store cannot be where it belongs (found: {why}, {where}), so this was not "
                "finished. Move away what stands there, or name another folder (COALITION_STORE, COALITION_CACHE)."
            ) from trouble
        raise


def publish(
    store: Path, folder: Path, target: Path, manifest: Mapping[str, Any], aside: list[Path] | None = None
) -> dict[str, Any]:
    """Makes a staged folder durable and moves it to its place; returns the manifest as written.

    A folder that is in its place already is put aside, and is put on the list `aside`; should the writer die meanwhile,
    the next one finds either.
    """
    files = {str(path.relative_to(folder)): _file_entry(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    for name in files:
        (folder / name).chmod(PUBLISHED_FILE)
        flush(folder / name)
    for name, described in files.items():
        if _file_entry(folder / name) != described:
            raise StoreDamaged(f"{name} changed while it was published. Look at the disk, then publish again.")
    full = {"format": FORMAT, **manifest, "files": files}
    full["digest"] = _digest(full)
    (folder / MANIFEST).write_text(_manifest_text(full), encoding="utf-8")
    (folder / MANIFEST).chmod(PUBLISHED_FILE)
    flush(folder / MANIFEST)
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(PUBLISHED_FOLDER)
            flush(path)
    flush(folder)  # writable until it is renamed, which not everyone may do with one that is not
    make_durable(store, target.parent)
    if target.is_dir():
        _move(store, target, store / REPLACED / target.relative_to(store))
    try:
        folder.rename(target)
        flush(target.parent)
        target.chmod(PUBLISHED_FOLDER)
    finally:
        put_asides = _finish_replacing(store)
        if aside is not None:
            aside += put_asides
    return full


def point(store: Path, name: str, value: str) -> None:
    """Replaces a one-line file of the store at once and durably. Call it with the store locked."""
    replace_file(store, name, _line(value))


def replace_file(store: Path, name: str, text: str) -> None:
    """Replaces a small file of the store at once and durably. Call it with the store locked."""
    with staged(store) as folder:
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(FILE_MODE)
        flush(folder / name)
        if (store / name).is_dir():
            raise StoreDamaged(f"{store / name} is a folder, and a file of that name belongs there. Move it away.")
        (folder / name).replace(store / name)
        flush(store)


def pointed(store: Path, name: str) -> str:
    """What `point` wrote.

    Raises:
        FileNotFoundError: it never did.
        StoreDamaged: the file cannot be read, or holds something else.
    """
    try:
        line = (store / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as wrong:
        raise StoreDamaged(f"{store / name} cannot be read ({type(wrong).__name__}).") from wrong
    value = line.split(" ")[0].strip()
    if line != _line(value):
        raise StoreDamaged(f"{store / name} says {line[:20].strip()!r}, not a number and the check that belongs to it.")
    return value


def make_durable(store: Path, folder: Path) -> None:
    """Makes a folder of the store, and has every name on the way to it on the disk, whoever made it."""
    if folder.is_symlink() or (os.path.lexists(folder) and not folder.is_dir()):
        raise StoreDamaged(f"{folder} is no folder (found: a file or a link). Move it away, then do the same again.")
    make_folder(folder)
    flush(folder)
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
        manifest = json.loads(text)
        whole = (
            isinstance(manifest, dict) and manifest["digest"] == _digest(manifest) and text == _manifest_text(manifest)
        )
    except (OSError, ValueError, KeyError) as wrong:
        listed = ", ".join(sorted(p.name for p in folder.iterdir())) if folder.is_dir() else "no such folder"
        raise StoreDamaged(f"{folder} has no readable {MANIFEST} (found: {listed}). {_mend(folder)}") from wrong
    if not whole:
        raise StoreDamaged(f"{path} is not the one that was published (its digest differs). {_mend(folder)}")
    if manifest.get("format", FORMAT) != FORMAT:
        raise StoreDamaged(
            f"{path} was written by a newer version of the dashboard (found: format {manifest['format']!r}; this "
            f"version reads {FORMAT}). Update the dashboard."
        )
    return manifest


def verify(folder: Path) -> dict[str, Any]:
    """The manifest, after every file it names was found with its size and sha256.

    Raises:
        StoreDamaged: a file is missing, or not the one that was published.
    """
    manifest = read_manifest(folder)
    if folder.is_symlink():
        raise StoreDamaged(f"{folder} is a link, and the store holds none. Remove the link. {_mend(folder)}")
    for name, described in named_files(folder, manifest).items():
        path = folder / name
        if any(step.is_symlink() for step in accumulate(Path(name).parts, Path.joinpath, initial=folder)):
            raise StoreDamaged(f"{folder}: {name} is a link, and the store holds none. {_mend(folder)}")
        try:
            whole = path.stat().st_size == described["bytes"] and sha256(path) == described["sha256"]
        except FileNotFoundError:
            raise StoreDamaged(f"{folder}: {name} is missing. {_mend(folder)}") from None
        except OSError as wrong:
            raise StoreDamaged(f"{folder}: {name} cannot be read ({wrong.strerror}). {_mend(folder)}") from wrong
        if not whole:
            raise StoreDamaged(
                f"{folder}: {name} is not the file that was published (its sha256 differs). {_mend(folder)}"
            )
    return manifest


def named_files(folder: Path, manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The files that a manifest names, with size and sha256 of each.

    Raises:
        StoreDamaged: a name leads out of the folder, or the list is none.
    """
    files = manifest.get("files")
    try:
        sound = all(
            is_relative_path(name) and described["bytes"] >= 0 and described["sha256"]
            for name, described in files.items()  # type: ignore[union-attr]
        )
    except (AttributeError, KeyError, TypeError):
        sound = False
    if not sound:
        raise StoreDamaged(f"{folder / MANIFEST} names files that cannot be in its folder. {_mend(folder)}")
    return dict(files or {})


def put_back(store: Path, aside: Path, to: Path) -> None:
    """Undoes `put_aside`. Call it with the store locked."""
    if not to.exists():
        _move(store, aside, to)


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
    if folder.parent.parent.name == "snapshots":
        return f"Import the file again, or `coalition withdraw {folder.parent.name} {folder.name}` and publish."
    if folder.parent.name == "erased":
        return "Put this folder back from a backup: it lists who must not come back, so no file of learners is read."
    if "proposals" in folder.parts or "previews" in folder.parts:
        return "Move the folder away, and send the file again."
    return "Publish again, or `coalition releases rollback N`; `coalition releases list` shows which are whole."


def _file_entry(path: Path) -> dict[str, Any]:
    described: dict[str, Any] = {"bytes": path.stat().st_size, "sha256": sha256(path)}
    if path.suffix == ".parquet":
        meta = pq.ParquetFile(path)
        schema = [[field.name, str(field.type)] for field in meta.schema_arrow]
        described["rows"] = meta.metadata.num_rows
        described["schema"] = hashlib.sha256(json.dumps(schema).encode()).hexdigest()[:16]
    return described


def _finish_replacing(store: Path) -> list[Path]:
    """Puts aside what was replaced, or back in its place where nothing came; returns what was put aside."""
    asides = []
    for held in sorted(path.parent for path in (store / REPLACED).rglob(MANIFEST)):
        target = store / held.relative_to(store / REPLACED)
        if target.is_dir():
            flush(target.parent)
            asides.append(put_aside(store, held))
        else:
            _move(store, held, target)
    return asides


def _move(store: Path, folder: Path, to: Path) -> None:
    make_durable(store, to.parent)
    folder.chmod(FOLDER_MODE)  # a folder that is not writable cannot be renamed by everyone
    folder.rename(to)
    to.chmod(PUBLISHED_FOLDER)
    flush(to.parent)
    flush(folder.parent)


def _for_its_owner(store: Path) -> None:
    """Shuts a store that an earlier version, or somebody's umask, left open to others."""
    with suppress(OSError):
        if store.stat().st_mode & 0o077:
            store.chmod(FOLDER_MODE)


def _refuse_links(store: Path) -> None:
    for path in (store / name for name in (LOCK, STAGING, REPLACED, AUDIT)):
        if path.is_symlink() or (path.is_dir() if path.name == LOCK else path.is_file()):
            raise StoreDamaged(f"{path} is a link, or no file or folder as it should be. Move it away.")


def _manifest_text(manifest: Mapping[str, Any]) -> str:
    return json.dumps(manifest, indent=1, sort_keys=True) + "\n"


def _line(value: str) -> str:
    return f"{value} {hashlib.sha256(value.encode()).hexdigest()[:16]}\n"


@contextmanager
def held(store: Path, lock: str, goes_on: Refusal) -> Iterator[None]:
    """Holds a lock of the store while something is done that only one process may do; readers go on beside it.

    Raises:
        Refusal: `goes_on`, where another process holds it.
        StoreDamaged: a link stands where the lock belongs.
    """
    make_folder(store)
    if (store / lock).is_symlink():
        raise StoreDamaged(f"{store / lock} is a link, and the store holds none. Remove the link.")
    with (store / lock).open("a") as handle:
        for_its_owner(store / lock, handle.fileno())
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise goes_on from None
        yield
