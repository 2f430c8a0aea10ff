"""The whole store as one archive, and back: a gzipped tar whose first member states what is in it, with sha256 of each.

Restoring checks every name and every byte before anything is in its place. Knows nothing of what the files mean, except
which of them never change again.
"""

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from dashboard.refusals import Refusal
from dashboard.store import audit_log
from dashboard.store.names import is_relative_path
from dashboard.store.protocol import MANIFEST, PUBLISHED_FILE, PUBLISHED_FOLDER, locked, point, pointed, sha256
from dashboard.store.releases import CURRENT
from dashboard.store.snapshots import now
from dashboard.store.workspace import FOLDER_MODE, STAGING, flush, make_folder, workspace

CONTENTS = "contents.json"
KIND = "coalition store"
SECRET = "secret/learners"
# One that was interrupted leaves this file, and may be begun again.
UNFINISHED = ".restoring"
LARGEST_CONTENTS = 64 * 1024**2
LARGEST_SECRET = 1000
PIECE = 1024**2
MALFORMED = (ValueError, KeyError, TypeError, AttributeError)


class ArchiveRefused(Refusal):
    """An archive cannot be made or restored; nothing was changed."""


@dataclass(frozen=True)
class Archived:
    """An archive: number of files and of their bytes, its own sha256, whether the learners' secret is in it."""

    files: int
    bytes: int
    sha256: str
    holds_secret: bool


def back_up(store: Path, file: Path, secret: Path | None = None) -> Archived:
    """Writes the store as it stands, between two writers, into one archive; with the secret when its file is given.

    Raises:
        ArchiveRefused: the store is empty, a file of it is not the one that was published, or the archive is there.
    """
    if file.exists():
        raise ArchiveRefused(f"{file} is there already. Name another file; an archive is never overwritten.")
    if not store.is_dir() or not any(store.iterdir()):
        raise ArchiveRefused(f"There is nothing in {store} to back up.")
    if file.resolve().is_relative_to(store.resolve()):
        raise ArchiveRefused(f"{file} lies in the store itself. Name a file outside, best on another machine.")
    if not file.parent.is_dir():
        raise ArchiveRefused(f"There is no folder {file.parent}. Make it, or name a file in another one.")
    temporary = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    try:
        with locked(store), audit_log.held(store), os.fdopen(_private(temporary), "wb") as raw:
            paths = {str(path.relative_to(store)): path for path in _files(store)}
            log = audit_log.log_folder(store)
            paths |= {str(path.relative_to(log.parent)): path for path in _files(log.parent, log)}
            if secret:
                paths[SECRET] = secret
            files: dict[str, dict[str, Any]] = {
                name: {"bytes": path.stat().st_size, "sha256": sha256(path)} for name, path in paths.items()
            }
            _refuse_damaged(store, files)
            contents = {"kind": KIND, "made_at": now(), "holds_secret": bool(secret), "files": files}
            # No name and no time of day in gzip's own header.
            with (
                gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as packed,
                tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
            ):
                _add(tar, CONTENTS, io.BytesIO(body := json.dumps(contents, indent=1).encode()), len(body))
                for name, path in paths.items():
                    with path.open("rb") as content:
                        _add(tar, name, content, files[name]["bytes"])
            raw.flush()
            os.fsync(raw.fileno())
        with _refusing_damage(temporary):
            _unpack(temporary, None)
        temporary.rename(file)
        flush(file.parent)
    finally:
        temporary.unlink(missing_ok=True)
    return Archived(len(files), sum(entry["bytes"] for entry in files.values()), sha256(file), bool(secret))


def restore(file: Path, store: Path, secret: Path) -> Archived:
    """Fills an empty store from an archive, and the secret's file when the archive holds it and there is none.

    Raises:
        ArchiveRefused: the archive is not whole, or there is something in the store, or another secret.
    """
    if not file.is_file():
        raise ArchiveRefused(f"There is no file {file}.")
    make_folder(store)
    with locked(store):
        existing = sorted(path.name for path in store.iterdir() if path.name not in (".lock", STAGING))
        if existing and (UNFINISHED not in existing or CURRENT in existing):
            raise ArchiveRefused(
                f"{store} is not empty (found: {', '.join(existing[:5])}). Restore into an empty folder or prefix "
                "(`--store`)."
            )
        store.chmod(FOLDER_MODE)
        with workspace(store) as folder:
            with _refusing_damage(file):
                contents = _unpack(file, folder)
            archived_secret = folder / SECRET
            if archived_secret.is_file() and secret.exists() and secret.read_bytes() != archived_secret.read_bytes():
                raise ArchiveRefused(
                    f"{secret} holds another secret than the archive. Move it away, or name another file with "
                    "COALITION_LEARNER_SECRET; keys made under two secrets do not link."
                )
            if archived_secret.is_file():
                _keep_secret(archived_secret, secret)
                shutil.rmtree(archived_secret.parent)
            _move_in(folder, store, existing)
    files = contents["files"]
    return Archived(
        len(files), sum(entry["bytes"] for entry in files.values()), sha256(file), bool(contents["holds_secret"])
    )


def _files(store: Path, folder: Path | None = None) -> Iterator[Path]:
    """Every file of the store, or of a folder of it, that states something: no lock, nothing half written."""
    for path in sorted((folder or store).rglob("*")):
        hidden = any(step.startswith(".") for step in path.relative_to(store).parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield path


def _refuse_damaged(store: Path, listed_files: dict[str, dict[str, Any]]) -> None:
    """An archive of a damaged store would be trusted one day."""
    for name in [name for name in listed_files if Path(name).name == MANIFEST and not name.startswith("withdrawn/")]:
        try:
            files = json.loads((store / name).read_text(encoding="utf-8"))["files"]
        except (*MALFORMED, OSError):
            files = {MANIFEST: {"sha256": "of a manifest that can be read"}}
        for inner, wanted in files.items():
            full = str(Path(name).parent / inner)
            if listed_files.get(full, {}).get("sha256") != wanted["sha256"]:
                raise ArchiveRefused(
                    f"{full} is not the file that was published, and the archive would be no better. "
                    "`coalition releases verify` says more; docs/operations.md says how to mend it."
                )


def _unpack(file: Path, folder: Path | None) -> dict[str, Any]:
    """Every member into the folder, or nowhere: names are checked before, bytes meanwhile. Returns the contents."""
    with tarfile.open(file, "r|gz") as tar:
        first = tar.next()
        body = tar.extractfile(first) if first and first.isreg() and first.name == CONTENTS else None
        if not first or not body or first.size > LARGEST_CONTENTS:
            raise ArchiveRefused(f"{file.name} is no archive of a store: it does not begin with {CONTENTS}.")
        contents = _contents(body.read(), file)
        wanted = dict(contents["files"])
        while member := tar.next():
            entry = wanted.pop(member.name, None)
            content = tar.extractfile(member) if entry and member.isreg() else None
            if not entry or not content:
                raise ArchiveRefused(f"{file.name} holds {member.name[:80]!r}, which its contents do not name.")
            with _target(folder, member.name) as target:
                _copy(content, target, entry, f"{member.name} in {file.name}")
    if wanted:
        raise ArchiveRefused(
            f"{file.name} is damaged or cut off: it lacks {len(wanted)} files, such as {min(wanted)}. Nothing was "
            "restored. Take another archive."
        )
    return contents


def _contents(body: bytes, file: Path) -> dict[str, Any]:
    contents = json.loads(body)
    if contents.get("kind") != KIND:
        raise ArchiveRefused(f"{file.name} is no archive of a store. `coalition backup FILE` makes one.")
    for name, entry in contents["files"].items():
        if not is_relative_path(name):
            raise ArchiveRefused(
                f"{file.name} names {name[:80]!r}, which is no place in a store. Nothing was restored."
            )
        if not isinstance(entry["bytes"], int) or not isinstance(entry["sha256"], str):
            raise TypeError(name)
    if SECRET in contents["files"] and contents["files"][SECRET]["bytes"] > LARGEST_SECRET:
        raise ArchiveRefused(f"{file.name} holds a secret that is none. Nothing was restored.")
    return contents


@contextmanager
def _target(folder: Path | None, name: str) -> Iterator[IO[bytes] | None]:
    if folder is None:
        yield None
        return
    path = folder / name
    make_folder(path.parent)
    with os.fdopen(_private(path), "wb") as target:
        yield target
        target.flush()
        os.fsync(target.fileno())


def _copy(source: IO[bytes], target: IO[bytes] | None, entry: dict[str, Any], what: str) -> None:
    digest, left = hashlib.sha256(), entry["bytes"]
    while left >= 0 and (piece := source.read(min(PIECE, left + 1))):
        left -= len(piece)
        digest.update(piece)
        if target and left >= 0:
            target.write(piece)
    if left or digest.hexdigest() != entry["sha256"]:
        raise ArchiveRefused(f"{what} is not the file that was backed up. Nothing was restored. Take another archive.")


@contextmanager
def _refusing_damage(file: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, *MALFORMED) as wrong:
        raise ArchiveRefused(
            f"{file.name} is damaged or cut off ({type(wrong).__name__}). Nothing was restored. Take another archive."
        ) from wrong


def _move_in(folder: Path, store: Path, existing: list[str]) -> None:
    """Into place, `CURRENT` last: what is interrupted serves nothing."""
    for name in existing:
        _delete(store / name)
    (store / UNFINISHED).touch()
    for manifest in folder.rglob(MANIFEST):
        for path in [*manifest.parent.rglob("*"), manifest.parent]:
            path.chmod(PUBLISHED_FOLDER if path.is_dir() else PUBLISHED_FILE)
    for path in folder.rglob("*"):
        if path.is_dir():
            flush(path)
    current = pointed(folder, CURRENT) if (folder / CURRENT).is_file() else ""
    for path in sorted(folder.iterdir()):
        if path.name != CURRENT:
            path.rename(store / path.name)
    flush(store)
    if current:
        point(store, CURRENT, current)
    (store / UNFINISHED).unlink()


def _delete(path: Path) -> None:
    if not path.is_dir():
        path.unlink()
        return
    for folder in [path, *(child for child in path.rglob("*") if child.is_dir())]:
        folder.chmod(FOLDER_MODE)
    shutil.rmtree(path)


def _keep_secret(archived: Path, secret: Path) -> None:
    if secret.exists():
        return
    secret.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(_private(secret), "wb") as target:
        target.write(archived.read_bytes())
        target.flush()
        os.fsync(target.fileno())
    flush(secret.parent)


def _add(tar: tarfile.TarFile, name: str, body: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    tar.addfile(member, body)


def _private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
