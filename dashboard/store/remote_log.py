"""The audit log of a store in a bucket: what the mirror's `audit/` holds and what HEAD has of it, made of each other.

Its newest lines stand in HEAD itself, so that a line costs one request; what is longer becomes an object. The chain of
sha256 is that of `audit_log.py`, which alone knows what a line is.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dashboard.store.bucket import Bucket, ObjectGone, Stored
from dashboard.store.protocol import StoreDamaged, pointed, replace_file
from dashboard.store.workspace import FILE_MODE, make_folder

FOLDER, LOG, HEAD, LOCK = "audit", "log.jsonl", "HEAD", ".lock"
# Of lines that stand in HEAD; beyond it they become an object.
LONGEST_TAIL = 48_000


@dataclass(frozen=True)
class Log:
    """The audit log: objects of its older lines in turn, its newest lines, and what its own HEAD holds.

    `former` are files of logs that were put aside, by their place below `audit/`.
    """

    pieces: tuple[Stored, ...]
    tail: str
    head: str
    former: Mapping[str, Stored]


def read_log(bucket: Bucket, audit: Path, before: Log | None) -> Log:
    """What HEAD has to hold of a folder `audit`, given what it held before; what is new is sent."""
    body = (audit / LOG).read_bytes() if (audit / LOG).is_file() else b""
    head = (audit / HEAD).read_text(encoding="utf-8") if (audit / HEAD).is_file() else ""
    pieces, at = list[Stored](), 0
    for piece in before.pieces if before else ():
        if hashlib.sha256(body[at : at + piece.bytes]).hexdigest() != piece.sha256:
            break
        pieces.append(piece)
        at += piece.bytes
    if len(body) - at > LONGEST_TAIL:
        pieces.append(bucket.send(body[at:]))
        at = len(body)
    known = {stored.sha256: stored for stored in before.former.values()} if before else {}
    former = dict[str, Stored]()
    for relative, path in _former(audit):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        former[relative] = known.get(digest) or bucket.upload(path, digest)
    # surrogateescape: a log that somebody damaged goes aside as it is.
    return Log(tuple(pieces), body[at:].decode("utf-8", "surrogateescape"), head, former)


def put_log(bucket: Bucket, audit: Path, log: Log | None) -> None:
    """Has a folder `audit` hold what HEAD has; nothing is done where it does."""
    if _is_up_to_date(audit, log):
        return
    make_folder(audit)
    with _locked(audit):
        if log is None:
            for name in (LOG, HEAD):
                (audit / name).unlink(missing_ok=True)
        else:
            former = dict(_former(audit))
            for relative, stored in log.former.items():
                if relative not in former:
                    make_folder((audit / relative).parent)
                    bucket.download(stored, audit / relative)
            _put_lines(bucket, audit, log)
        for relative, path in _former(audit):
            if not log or relative not in log.former:
                path.unlink()


def _put_lines(bucket: Bucket, audit: Path, log: Log) -> None:
    local = (audit / LOG).read_bytes() if (audit / LOG).is_file() else b""
    body = bytearray()
    for piece in log.pieces:
        mine = local[len(body) : len(body) + piece.bytes]
        if hashlib.sha256(mine).hexdigest() != piece.sha256:
            mine = _piece(bucket, piece)
        body += mine
    body += log.tail.encode("utf-8", "surrogateescape")
    if local and bytes(body[: len(local)]) == local:
        with (audit / LOG).open("ab") as file:
            file.write(body[len(local) :])
            file.flush()
            os.fsync(file.fileno())
    else:
        fresh = audit / f".{LOG}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE), "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(audit / LOG)
    if log.head:
        replace_file(audit, HEAD, log.head)
    else:
        (audit / HEAD).unlink(missing_ok=True)


def _piece(bucket: Bucket, piece: Stored) -> bytes:
    try:
        return bucket.fetch(piece)
    except ObjectGone:
        raise StoreDamaged(
            f"Lines of the audit log are gone from {bucket.address} (found: no object {piece.name}). Put it back from "
            "a copy of the bucket, or restore a backup into another prefix."
        ) from None


def _is_up_to_date(audit: Path, log: Log | None) -> bool:
    """Whether both name the same last line and end there, and the same logs that were put aside."""
    try:
        text = (audit / HEAD).read_text(encoding="utf-8") if (audit / HEAD).is_file() else ""
        size = (audit / LOG).stat().st_size if (audit / LOG).is_file() else 0
        if text:
            pointed(audit, HEAD)
    except (OSError, ValueError, StoreDamaged):
        return False
    if log is None:
        return not text and not size and not any(_former(audit))
    wanted = sum(piece.bytes for piece in log.pieces) + len(log.tail.encode("utf-8", "surrogateescape"))
    return (text, size) == (log.head, wanted) and {relative for relative, _ in _former(audit)} == set(log.former)


def _former(audit: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(audit.rglob("*")) if audit.is_dir() else ():
        relative = str(path.relative_to(audit))
        if path.is_file() and not path.is_symlink() and relative not in (LOG, HEAD) and not is_hidden(relative):
            yield relative, path


def is_hidden(relative: str) -> bool:
    """Whether some step of a relative path is one of locks and work, which no bucket holds."""
    return any(step.startswith(".") for step in relative.split("/"))


def objects_of(log: Log | None) -> Mapping[str, Stored]:
    """The objects that a log needs, by name."""
    return {stored.name: stored for stored in (*log.pieces, *log.former.values())} if log else {}


@contextmanager
def _locked(audit: Path) -> Iterator[None]:
    """Keeps those out who read or write the log of the mirror."""
    with os.fdopen(os.open(audit / LOCK, os.O_RDWR | os.O_CREAT, FILE_MODE), "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
