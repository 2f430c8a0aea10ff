"""The audit log: who did what to the store and when, one JSON line each, chained so that tampering shows.

`audit/log.jsonl` is only ever appended to; each line holds the sha256 of the line before. `audit/HEAD` holds how many
lines were acknowledged, where they end and the sha256 of the last, so that an end that is cut off shows too; the
manifest of each release holds the same of the line about itself. Whoever may write all of these can write another
history: keep what `verify` returns somewhere else. No row of a file and no learner's data is ever in it.

What changes the store or leaves it is recorded before it is done, and not done where it cannot be (`record`). Who came
and who was turned away is noted where that is possible (`note`): a full disk shuts out no reader.
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
from functools import partial
from pathlib import Path
from typing import Any

from dashboard.refusals import Refusal
from dashboard.store.bucket import BucketRefused, StoreUnreachable
from dashboard.store.mirrored import mirror_of
from dashboard.store.names import folders
from dashboard.store.protocol import StoreDamaged, point, pointed, read_manifest
from dashboard.store.remote import PublishedMeanwhile, remote_of
from dashboard.store.workspace import flush, for_its_owner, make_folder, sweep

EVENTS = (
    "login",
    "logout",
    "denial",
    "upload",
    "fetch",
    "proposal",
    "release",
    "rollback",
    "withdrawal",
    "export",
    "mail",
    "erasure",
    "backup",
    "restore",
    "renewal",
    "token",
)
OPERATOR = "operator"
FOLDER, LOG, HEAD, LOCK = "audit", "log.jsonl", "HEAD", ".lock"
LONGEST = 200
BEGINNING = "0" * 64
# Where logs lie that were broken, for whoever looks into them.
FORMER = "former"
AFTER = (
    "What was recorded before that line stands. Compare the log with a backup; `coalition audit renew --reason TEXT` "
    "puts it aside for whoever looks into it and begins a new one openly."
)


class AuditBroken(Refusal):
    """The log is not the one that was written; the message names the line."""


class NotRecorded(Refusal):
    """The log cannot be written, so what has to be on record was not done."""


@dataclass(frozen=True)
class Link:
    """A line that the chain has come to: its number and its sha256."""

    line: int
    sha256: str


@dataclass(frozen=True)
class Verified:
    """A log whose chain holds: lines, sha256 of the last, UTC times of first and last (empty without a line).

    `mended` names what was lost to a power cut and cut off: bytes of lines that were never acknowledged. `notices` name
    what else whoever reads the log should know. `anchored` are releases whose manifest names a line of the log.
    """

    count: int
    head: str
    first_at: str
    last_at: str
    mended: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    anchored: tuple[int, ...] = ()


@dataclass(frozen=True)
class Missed:
    """Lines that could not be written since the last one that could: how many, since when (UTC), and why."""

    count: int
    since: str
    why: str


_missed: dict[Path, Missed] = {}
# Event, who, what and release of lines that acts in a working copy of a store have written, until they are done.
_recorded: dict[Path, list[tuple[str, str, str, int | None]]] = {}


@dataclass(frozen=True)
class _Head:
    count: int
    sha256: str
    ends: int


def record(store: Path, event: str, who: str, what: str, release: int | None = None, reason: str = "") -> Link:
    """Appends one line and returns when it is on the disk. Safe from several processes at once.

    Text loses its control characters and what is longer than 200 characters. A line that a power cut tore is cut off
    first, and the new line states it; other damage is left for `verify` to find, and stops nobody from recording.

    Raises:
        NotRecorded: the line could not be written whole; nothing of it is left.
    """
    if event not in EVENTS:
        raise ValueError(f"{event!r} is no event of the audit log; they are {', '.join(EVENTS)}.")
    mirror = mirror_of(store)
    write = partial(_append, event=event, who=who, what=what, release=release, reason=reason)
    try:
        remote = remote_of(mirror)
        link = remote.append(write) if remote else write(store)
    except (StoreUnreachable, BucketRefused, PublishedMeanwhile) as why:
        raise NotRecorded(
            f"What has to be on record is not done, since the audit log cannot be written. {why}"
        ) from why
    except OSError as trouble:
        raise NotRecorded(
            f"The audit log of the store cannot be written (found: {trouble.strerror or type(trouble).__name__}), and "
            "what has to be on record is not done without it. Free space on the disk of the store, or make the folder "
            "`audit` writable, then do the same again."
        ) from trouble
    _missed.pop(mirror, None)
    if mirror != store:
        _recorded.setdefault(store, []).append((event, who, what, release))
    return link


def recorded_in(work: Path) -> list[tuple[str, str, str, int | None]]:
    """Event, who, what and release of what was recorded in a working copy."""
    return list(_recorded.get(work, ()))


def forget(work: Path) -> None:
    """Forgets what was recorded in a working copy: it is done, or recorded as not done."""
    _recorded.pop(work, None)


def log_folder(store: Path) -> Path:
    """The folder of the log: that of a working copy is its mirror's."""
    return mirror_of(store) / FOLDER


def note(store: Path, event: str, who: str, what: str) -> bool:
    """Records where that is possible, and returns whether it was; what is missed the next line states, and `missed`."""
    try:
        record(store, event, who, what)
    except (NotRecorded, StoreDamaged) as refused:
        before = _missed.get(store)
        why = str(getattr(refused.__cause__, "strerror", "") or refused)
        _missed[store] = Missed(before.count + 1 if before else 1, before.since if before else _now(), why)
        return False
    return True


def missed(store: Path) -> Missed | None:
    """What this process could not note, since the last line that it could write; None where nothing is missed."""
    return _missed.get(store)


def last(store: Path) -> Link:
    """The line that the chain has come to; line 0 where nothing is recorded."""
    folder = log_folder(store)
    if not (folder / LOG).is_file():
        return Link(0, BEGINNING)
    with _locked(folder, fcntl.LOCK_SH):
        try:
            head = _read_head(folder)
        except AuditBroken:  # `verify` states it; it keeps no release from being published
            head = None
    return Link(head.count, head.sha256) if head else Link(0, BEGINNING)


def renew(store: Path, who: str, reason: str) -> Path:
    """Puts the log aside, broken or not, and begins a new one whose first line states it; returns where it lies now."""
    remote = remote_of(mirror_of(store))
    former = remote.append(_put_aside) if remote else _put_aside(store)
    numbers = [int(path.name) for path in folders(store / "releases") if path.name.isdecimal()]
    what = f"the log before lies in {FOLDER}/{FORMER}/{former.name}"
    record(store, "renewal", who, what, max(numbers, default=0), reason)
    return former


def _put_aside(store: Path) -> Path:
    folder = store / FOLDER
    make_folder(folder)
    with _locked(folder, fcntl.LOCK_EX):
        former = folder / FORMER / str(len(folders(folder / FORMER)) + 1)
        make_folder(former)
        for name in (LOG, HEAD):
            if os.path.lexists(folder / name):
                (folder / name).rename(former / name)
        for changed in (former, former.parent, folder):
            flush(changed)
    return former


def _append(store: Path, event: str, who: str, what: str, release: int | None, reason: str) -> Link:
    folder = store / FOLDER
    if not folder.is_dir():
        make_folder(store)
        make_folder(folder)
        flush(store)
    path = folder / LOG
    if path.is_symlink():
        raise StoreDamaged(f"{path} is a link, and the store holds none. Remove the link.")
    with _locked(folder, fcntl.LOCK_EX):
        sweep(folder)
        with path.open("ab") as log:
            for_its_owner(path, log.fileno())
        try:
            written = _read_head(folder)
        except AuditBroken:
            written = None
        head, mended = _mended(path, written)
        line: dict[str, Any] = {
            "n": head.count + 1,
            "at": _now(),
            "event": event,
            "who": cleaned(who),
            "what": cleaned(what),
            "release": release,
            "reason": cleaned(reason),
            "prev": head.sha256,
        }
        if mended:
            line["mended"] = mended
        if lost := _missed.get(store):
            line["missed"] = f"{lost.count} logins or denials since {lost.since} ({cleaned(lost.why)})"
        body = json.dumps(line, ensure_ascii=False).encode()
        ends = path.stat().st_size
        link = Link(head.count + 1, _sha256(body))
        try:
            with path.open("ab") as log:
                log.write(_line_end(path) + body + b"\n")
                log.flush()
                os.fsync(log.fileno())
            _write_head(folder, _Head(link.line, link.sha256, path.stat().st_size))
        except BaseException:
            # A line, or half of one, that nobody was informed of: else a disk that stays full piles them up.
            if not _is_named(folder, link):
                _cut_off(path, ends)
            raise
    return link


def entries(store: Path) -> Iterator[dict[str, Any]]:
    """Every line as it was written, oldest first, without asking whether the chain holds."""
    path = log_folder(store) / LOG
    for body in path.read_bytes().split(b"\n") if path.is_file() else ():
        if entry := _entry_of(body):
            yield entry


def verify(store: Path) -> Verified:
    """Walks the whole chain.

    Raises:
        AuditBroken: a line was changed, removed, inserted or moved, or the end was cut off.
    """
    folder = log_folder(store)
    if not (folder / LOG).is_file():
        if (folder / HEAD).is_file():
            raise AuditBroken(f"{folder / LOG} is gone, but {HEAD} is there: the end was cut off at line 1. {AFTER}")
        anchored, of_releases = _anchored(store, [], 0)
        return Verified(0, BEGINNING, "", "", (), of_releases, anchored)
    with _locked(folder, fcntl.LOCK_SH):
        raw = (folder / LOG).read_bytes()
        head = _read_head(folder)
    acknowledged = head.ends if head else 0
    torn = raw[acknowledged:] if _torn(raw[acknowledged:]) else b""
    lines = raw.removesuffix(torn).split(b"\n")[:-1]
    if head is None and len(lines) > 1:
        raise AuditBroken(f"{folder / HEAD} is missing, so nothing says where line {len(lines)} was the last. {AFTER}")
    before, times, mended, links, notices, renewed = BEGINNING, [], [], [], [], 0
    for number, body in enumerate(lines, start=1):
        entry = _entry_of(body)
        if entry is None or entry.get("n") != number:
            what_stands = f"line {entry['n']}" if entry and isinstance(entry.get("n"), int) else "what is no line of it"
            raise AuditBroken(
                f"Where line {number} of {folder / LOG} was, {what_stands} stands: lines were removed, inserted or "
                f"moved. {AFTER}"
            )
        if entry.get("prev") != before:
            why = f"line {number} does not follow it" if number > 1 else "no log begins with it"
            raise AuditBroken(f"Line {max(number - 1, 1)} of {folder / LOG} was changed: {why}. {AFTER}")
        before = _sha256(body)
        links.append(before)
        times.append(str(entry.get("at", "")))
        if "mended" in entry:
            mended.append(f"before line {number}: {entry['mended']}")
        if "missed" in entry:
            notices.append(f"before line {number} could not be recorded: {entry['missed']}")
        if entry.get("event") == "renewal" and isinstance(entry.get("release"), int):
            renewed = entry["release"]
            notices.append(
                f"at line {number} {entry.get('who')} began the log anew after release {renewed}: {entry.get('what')}; "
                f"{entry.get('reason')}"
            )
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
    anchored, of_releases = _anchored(store, links, renewed)
    first_and_last = (times[0], times[-1]) if times else ("", "")
    return Verified(len(lines), before, *first_and_last, tuple(mended), (*notices, *of_releases), anchored)


def _anchored(store: Path, links: list[str], renewed: int) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Releases whose manifest names a line that the log has, and what to state of the others.

    Raises:
        AuditBroken: a release names a line that the log lacks, or has another one of that number.
    """
    anchored, unanchored, unread = [], [], []
    for folder in folders(store / "releases"):
        if not folder.name.isdecimal():
            continue
        number = int(folder.name)
        try:
            anchor_entry = read_manifest(folder).get("audit")
            anchor = Link(int(anchor_entry["line"]), str(anchor_entry["sha256"])) if anchor_entry else None
        except (StoreDamaged, KeyError, TypeError, ValueError):
            unread.append(number)
            continue
        if anchor is None or number <= renewed:
            unanchored.append(number)
        elif anchor.line and links[anchor.line - 1 : anchor.line] != [anchor.sha256]:
            what_differs = f"has {len(links)} lines" if anchor.line > len(links) else "has another line of that number"
            raise AuditBroken(
                f"Release {number} was published when line {anchor.line} was the last of the audit log, and the log "
                f"{what_differs}: it was cut off, deleted or written anew. {AFTER}"
            )
        else:
            anchored.append(number)
    notices = []
    if unanchored:
        which = ", ".join(map(str, sorted(unanchored)))
        notices.append(f"nothing but the log itself says what was recorded up to release {which}")
    if unread:
        which = ", ".join(map(str, sorted(unread)))
        notices.append(f"the manifest of release {which} cannot be read: `coalition releases verify` says more")
    return tuple(sorted(anchored)), tuple(notices)


@contextmanager
def held(store: Path) -> Iterator[None]:
    """Nobody records meanwhile, so that log and head can be copied together."""
    if not log_folder(store).is_dir():
        yield
        return
    with _locked(log_folder(store), fcntl.LOCK_SH):
        yield


def cleaned(text: str) -> str:
    """The text in one line: no control, bidirectional or unassigned characters, at most 200 characters."""
    plain = unicodedata.normalize("NFC", text)
    return " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in plain).split())[:LONGEST]


def _mended(path: Path, head: _Head | None) -> tuple[_Head, str]:
    """Where the next line follows, after what a crash left behind the head; the sentence states what was cut off."""
    ends = path.stat().st_size
    if head is None:
        lines = path.read_bytes().count(b"\n")
        if lines > 1:  # no crash does that: the chain does not go on, and `verify` states it
            return _Head(lines, BEGINNING, ends), ""
        head = _Head(0, BEGINNING, 0)
    if ends <= head.ends:
        return head, ""
    with path.open("rb") as log:
        log.seek(head.ends)
        tail = log.read()
    entry = _entry_of(tail.removesuffix(b"\n"))
    if tail.count(b"\n") == 1 and tail.endswith(b"\n") and entry and entry.get("prev") == head.sha256:
        return _Head(head.count + 1, _sha256(tail[:-1]), ends), ""  # written whole; only the head was not
    if not _torn(tail):
        return head, ""  # somebody wrote there: left for `verify`
    _cut_off(path, head.ends)
    return head, f"{len(tail)} bytes of a line that was never acknowledged were cut off, sha256 {_sha256(tail)[:16]}"


def _cut_off(path: Path, ends: int) -> None:
    """Leaves of the log what is before that byte. A full disk allows it."""
    with path.open("r+b") as log:
        log.truncate(ends)
        os.fsync(log.fileno())


def _is_named(folder: Path, link: Link) -> bool:
    """Whether the head names that line already, so that cutting it off would look like tampering."""
    try:
        head = _read_head(folder)
    except AuditBroken:
        return False
    return head is not None and (head.count, head.sha256) == (link.line, link.sha256)


def _torn(tail: bytes) -> bool:
    """Whether bytes behind the last acknowledged line are what a power cut leaves: no whole line, or blanks in it."""
    return bool(tail) and (b"\n" not in tail or b"\0" in tail)


def _line_end(path: Path) -> bytes:
    """A line break where the log does not end with one, so that damage there does not swallow the next line."""
    with path.open("rb") as log:
        if not log.seek(0, os.SEEK_END):
            return b""
        log.seek(-1, os.SEEK_END)
        return b"" if log.read(1) == b"\n" else b"\n"


def _read_head(folder: Path) -> _Head | None:
    try:
        head = json.loads(pointed(folder, HEAD))
        return _Head(int(head["count"]), str(head["sha256"]), int(head["ends"]))
    except FileNotFoundError:
        return None
    except (StoreDamaged, ValueError, KeyError, TypeError) as wrong:
        raise AuditBroken(f"{folder / HEAD} cannot be read ({type(wrong).__name__}). {AFTER}") from wrong


def _write_head(folder: Path, head: _Head) -> None:
    point(
        folder, HEAD, json.dumps({"count": head.count, "sha256": head.sha256, "ends": head.ends}, separators=(",", ":"))
    )


def _entry_of(body: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(body)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    if (folder / LOCK).is_symlink():
        raise StoreDamaged(f"{folder / LOCK} is a link, and the store holds none. Remove the link.")
    with (folder / LOCK).open("a") as handle:
        for_its_owner(folder / LOCK, handle.fileno())
        fcntl.flock(handle, how)
        yield


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
