"""The audit log: who did what to the store and when, one JSON line each, chained so that tampering shows.

`audit/log.jsonl` is only ever appended to; each line holds the sha256 of the line before. `audit/HEAD` holds how many
lines were acknowledged, where they end and the sha256 of the last, so that an end that is cut off shows too. Whoever
may write both files can write another history: keep what `verify` returns somewhere else. No row of a file and no
learner's data is ever in it.
"""

import datetime
import fcntl
import hashlib
import json
import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.refusals import Refusal
from dashboard.store.protocol import StoreDamaged, point, pointed

EVENTS = (
    "login",
    "logout",
    "denial",
    "upload",
    "proposal",
    "release",
    "rollback",
    "withdrawal",
    "export",
    "erasure",
    "backup",
    "restore",
)
OPERATOR = "operator"
FOLDER, LOG, HEAD, LOCK = "audit", "log.jsonl", "HEAD", ".lock"
LONGEST = 200
BEGINNING = "0" * 64
AFTER = (
    "What was recorded before that line stands. Compare the log with a backup, and move the folder `audit` away for "
    "whoever looks into it: the next record begins a new one."
)


class AuditBroken(Refusal):
    """The log is not the one that was written; the message names the line."""


@dataclass(frozen=True)
class Verified:
    """A log whose chain holds: lines, sha256 of the last, UTC times of first and last (empty without a line).

    `mended` names what was lost to a power cut and cut off: bytes of lines that were never acknowledged.
    """

    count: int
    head: str
    first_at: str
    last_at: str
    mended: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Head:
    count: int
    sha256: str
    ends: int


def record(store: Path, event: str, who: str, what: str, release: int | None = None, reason: str = "") -> None:
    """Appends one line and returns when it is on the disk. Safe from several processes at once.

    Text loses its control characters and what is longer than 200 characters. A line that a power cut tore is cut off
    first, and the new line says so; other damage is left for `verify` to find, and stops nobody from recording.
    """
    if event not in EVENTS:
        raise ValueError(f"{event!r} is no event of the audit log; they are {', '.join(EVENTS)}.")
    folder = store / FOLDER
    if not folder.is_dir():
        store.mkdir(parents=True, exist_ok=True)
        folder.mkdir(exist_ok=True, mode=0o700)
        _fsync(store)
    with _locked(folder, fcntl.LOCK_EX), (folder / LOG).open("a+b") as log:
        try:
            written = _read_head(folder)
        except AuditBroken:
            written = None
        head, mended = _mended(log, written)
        line = {
            "n": head.count + 1,
            "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
            "event": event,
            "who": cleaned(who),
            "what": cleaned(what),
            "release": release,
            "reason": cleaned(reason),
            "prev": head.sha256,
        }
        if mended:
            line["mended"] = mended
        body = json.dumps(line, ensure_ascii=False).encode()
        log.write(_line_end(log) + body + b"\n")
        log.flush()
        os.fsync(log.fileno())
        _write_head(folder, _Head(head.count + 1, _sha256(body), log.seek(0, os.SEEK_END)))


def entries(store: Path) -> Iterator[dict[str, Any]]:
    """Every line as it was written, oldest first, without asking whether the chain holds."""
    path = store / FOLDER / LOG
    for body in path.read_bytes().split(b"\n") if path.is_file() else ():
        if said := _parsed(body):
            yield said


def verify(store: Path) -> Verified:
    """Walks the whole chain.

    Raises:
        AuditBroken: a line was changed, removed, inserted or moved, or the end was cut off.
    """
    folder = store / FOLDER
    if not (folder / LOG).is_file():
        if (folder / HEAD).is_file():
            raise AuditBroken(f"{folder / LOG} is gone, but {HEAD} is there: the end was cut off at line 1. {AFTER}")
        return Verified(0, BEGINNING, "", "")
    with _locked(folder, fcntl.LOCK_SH):
        raw = (folder / LOG).read_bytes()
        head = _read_head(folder)
    acknowledged = head.ends if head else 0
    torn = raw[acknowledged:] if _torn(raw[acknowledged:]) else b""
    lines = raw.removesuffix(torn).split(b"\n")[:-1]
    if head is None and len(lines) > 1:
        raise AuditBroken(f"{folder / HEAD} is missing, so nothing says where line {len(lines)} was the last. {AFTER}")
    before, times, mended = BEGINNING, [], []
    for number, body in enumerate(lines, start=1):
        said = _parsed(body)
        if said is None or said.get("n") != number:
            found = f"line {said['n']}" if said and isinstance(said.get("n"), int) else "what is no line of it"
            raise AuditBroken(
                f"Where line {number} of {folder / LOG} was, {found} stands: lines were removed, inserted or moved. "
                f"{AFTER}"
            )
        if said.get("prev") != before:
            why = f"line {number} does not follow it" if number > 1 else "no log begins with it"
            raise AuditBroken(f"Line {max(number - 1, 1)} of {folder / LOG} was changed: {why}. {AFTER}")
        before = _sha256(body)
        times.append(str(said.get("at", "")))
        if "mended" in said:
            mended.append(f"before line {number}: {said['mended']}")
        if head and number == head.count and before != head.sha256:
            raise AuditBroken(f"Line {number} of {folder / LOG} was changed: it is not the one {HEAD} names. {AFTER}")
    if head and len(lines) < head.count:
        raise AuditBroken(
            f"{folder / LOG} ends after line {len(lines)}, and {HEAD} names {head.count} lines: the end was cut off at "
            f"line {len(lines) + 1}. {AFTER}"
        )
    if len(lines) > (head.count if head else 0) + 1:
        raise AuditBroken(
            f"Line {head.count + 1 if head else 1} of {folder / LOG} and more were added by hand. {AFTER}"
        )
    if torn:
        mended.append(f"after line {len(lines)}: {len(torn)} bytes of a line that was never acknowledged")
    return Verified(len(lines), before, *((times[0], times[-1]) if times else ("", "")), tuple(mended))


@contextmanager
def held(store: Path) -> Iterator[None]:
    """Nobody records meanwhile, so that log and head can be copied together."""
    if not (store / FOLDER).is_dir():
        yield
        return
    with _locked(store / FOLDER, fcntl.LOCK_SH):
        yield


def cleaned(text: str) -> str:
    """The text in one line: no control, bidirectional or unassigned characters, at most 200 characters."""
    plain = unicodedata.normalize("NFC", text)
    return " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in plain).split())[:LONGEST]


def _mended(log: Any, head: _Head | None) -> tuple[_Head, str]:
    """Where the next line follows, after what a crash left behind the head; the sentence says what was cut off."""
    ends = log.seek(0, os.SEEK_END)
    if head is None:
        log.seek(0)
        lines = log.read().count(b"\n")
        if lines > 1:  # no crash does that: the chain does not go on, and `verify` says so
            return _Head(lines, BEGINNING, ends), ""
        head = _Head(0, BEGINNING, 0)
    if ends <= head.ends:
        return head, ""
    log.seek(head.ends)
    tail = log.read()
    said = _parsed(tail.removesuffix(b"\n"))
    if tail.count(b"\n") == 1 and tail.endswith(b"\n") and said and said.get("prev") == head.sha256:
        return _Head(head.count + 1, _sha256(tail[:-1]), ends), ""  # written whole; only the head was not
    if not _torn(tail):
        return head, ""  # somebody wrote there: left for `verify`
    log.truncate(head.ends)
    os.fsync(log.fileno())
    return head, f"{len(tail)} bytes of a line that was never acknowledged were cut off, sha256 {_sha256(tail)[:16]}"


def _torn(tail: bytes) -> bool:
    """Whether bytes behind the last acknowledged line are what a power cut leaves: no whole line, or blanks in it."""
    return bool(tail) and (b"\n" not in tail or b"\0" in tail)


def _line_end(log: Any) -> bytes:
    """A line break where the log does not end with one, so that damage there does not swallow the next line."""
    if not log.seek(0, os.SEEK_END):
        return b""
    log.seek(-1, os.SEEK_END)
    return b"" if log.read(1) == b"\n" else b"\n"


def _read_head(folder: Path) -> _Head | None:
    try:
        said = json.loads(pointed(folder, HEAD))
        return _Head(int(said["count"]), str(said["sha256"]), int(said["ends"]))
    except FileNotFoundError:
        return None
    except (StoreDamaged, ValueError, KeyError, TypeError) as wrong:
        raise AuditBroken(f"{folder / HEAD} cannot be read ({type(wrong).__name__}). {AFTER}") from wrong


def _write_head(folder: Path, head: _Head) -> None:
    point(
        folder, HEAD, json.dumps({"count": head.count, "sha256": head.sha256, "ends": head.ends}, separators=(",", ":"))
    )


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(body)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    with (folder / LOCK).open("a") as handle:
        fcntl.flock(handle, how)
        yield


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
