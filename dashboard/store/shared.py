"""A store that several machines may share: whatever writes to it does so within `shared`, whoever reads it `look`s.

For a folder both do nothing. For a bucket the work is done in a working copy of the mirror, by the code of a folder;
what is new is sent, and one exchange of HEAD publishes all of it or nothing. The mirror only ever holds what was
committed. What is put on record goes to the bucket line by line, before what it states.
"""

import datetime
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from dashboard.refusals import Refusal
from dashboard.settings import is_read_only, seconds_between_looks
from dashboard.store import audit_log
from dashboard.store.bucket import BucketRefused, StoreUnreachable
from dashboard.store.mirror import Mirrored, Node, Sent, copied, mirrored, pull, send
from dashboard.store.mirrored import STORE, WORK, mirror_of, moved
from dashboard.store.protocol import StoreDamaged
from dashboard.store.remote import WRITER_LOCK, Entry, Head, PublishedMeanwhile, Remote, remote_of, write_tree
from dashboard.store.remote_log import FOLDER as AUDIT
from dashboard.store.remote_log import objects_of, read_log
from dashboard.store.workspace import delete

NOT_DONE = "not done: "
PROVED = "proved"
# Objects that no HEAD names and that are younger may be of a publish that goes on.
GOES_ON = datetime.timedelta(days=1)
TRIES = 5
Args = ParamSpec("Args")
Done = TypeVar("Done")


class ReadingCopy(Refusal):
    """Something was to be brought in or published by a process that only shows what others publish."""


class LogIsThere(Refusal):
    """A store is restored into a bucket that has an audit log."""


class NotDeleted(Refusal):
    """Learners are erased, and objects of theirs may be in the bucket still."""


@dataclass(frozen=True)
class Trouble:
    """Why the bucket could not be read the last time, and since when (UTC)."""

    since: str
    why: str


_looked: dict[Path, float] = {}
_troubles: dict[Path, Trouble] = {}
_looking: set[Path] = set()
_guard = threading.Lock()


@contextmanager
def shared(store: Path, erases: bool = False) -> Iterator[Path]:
    """Gives the folder to write into, and publishes what was written at the end; for a folder, that folder itself.

    What fails within leaves nothing behind but its lines in the audit log. With `erases` nothing of what is gone stays
    in the bucket, whoever left it there.

    Raises:
        ReadingCopy: this process only shows what others publish.
        PublishedMeanwhile: somebody else wrote to the store meanwhile.
        StoreUnreachable, BucketRefused, StoreDamaged: the bucket cannot be used.
    """
    refuse_reading_copy()
    remote = remote_of(store) if mirror_of(store) == store else None
    if remote is None:
        yield store
        return
    with remote.held(WRITER_LOCK):
        delete(remote.room / WORK)
        _prove(remote)
        pull(remote)
        work = remote.room / WORK / uuid.uuid4().hex / STORE
        try:
            base, known = _working_copy(remote, work)
            yield work
            try:
                done = _publish(remote, work, base, known, erases)
            except BaseException:
                _record_not_done(remote, work)
                raise
            if done:
                _follow(remote, done, base, erases)
        except Refusal as refused:
            refused.args = tuple(str(argument).replace(str(work), str(store)) for argument in refused.args)
            raise
        finally:
            audit_log.forget(work)
            delete(remote.room / WORK)


def refuse_reading_copy() -> None:
    """Stops what would change the store in a process that only shows it.

    Raises:
        ReadingCopy: this process is one.
    """
    if is_read_only():
        raise ReadingCopy(
            "This copy is for reading only (`coalition run --read-only`), so nothing was changed. Bring files in, and "
            "publish, where releases are published."
        )


def shares(
    function: Callable[Concatenate[Path, Args], Done],
) -> Callable[Concatenate[Path, Args], Done]:
    """Has a function whose first argument is the store work within `shared`; what it gives back is of the store."""

    @wraps(function)
    def within(store: Path, *args: Args.args, **named: Args.kwargs) -> Done:
        with shared(store) as working_copy:
            moved_args = moved(args, store, working_copy)
            moved_named = {name: moved(value, store, working_copy) for name, value in named.items()}
            done = function(working_copy, *moved_args, **moved_named)
        return moved(done, working_copy, store)

    return within


def shares_again(
    function: Callable[Concatenate[Path, Args], Done],
) -> Callable[Concatenate[Path, Args], Done]:
    """As `shares`, of a small act that can be done anew where somebody else was first."""
    once = shares(function)

    @wraps(once)
    def within(store: Path, *args: Args.args, **named: Args.kwargs) -> Done:
        for _ in range(TRIES - 1):
            with suppress(PublishedMeanwhile):
                return once(store, *args, **named)
        return once(store, *args, **named)

    return within


def look(store: Path, checked: bool = False) -> None:
    """Brings a mirror to what was published last, and waits for it; where that cannot be, `trouble` states why.

    With `checked` files that were damaged on this machine are exchanged too.

    Raises:
        StoreUnreachable, BucketRefused, StoreDamaged: and nothing was ever mirrored.
    """
    if (remote := remote_of(store)) is None:
        return
    _looked[store] = time.monotonic()
    if (remote.room / WORK).is_dir():
        with remote.held(WRITER_LOCK, waits=False) as is_free:
            if is_free:  # its writer was killed, and what it holds may be erased since
                delete(remote.room / WORK)
    try:
        pull(remote, checked=checked)
    except (Refusal, OSError) as why:  # such as a disk that is full
        before = _troubles.get(store)
        since = before.since if before else datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        _troubles[store] = Trouble(since, str(why))
        if mirrored(remote).tree is None:
            raise
        return
    _troubles.pop(store, None)


def keep_looking(store: Path) -> None:
    """As `look`, but at most every few seconds and in the background, except the first time in a process.

    Raises:
        StoreDamaged: nothing was ever mirrored, and the bucket cannot be read.
    """
    at = _looked.get(store)
    if at is not None and time.monotonic() - at < seconds_between_looks():
        return
    if remote_of(store) is None:
        return
    if at is None or store in _troubles and not (store / "releases").is_dir():
        try:
            look(store)
        except (StoreUnreachable, BucketRefused) as why:
            raise StoreDamaged(str(why)) from why
        return
    with _guard:
        if store in _looking:
            return
        _looking.add(store)
    _looked[store] = time.monotonic()
    threading.Thread(target=_look_aside, args=(store,), daemon=True, name="look at the bucket").start()


def trouble(store: Path) -> Trouble | None:
    """What kept this process from reading the bucket the last time that it looked; None where nothing did."""
    return _troubles.get(store)


def keeps_versions(store: Path) -> bool:
    """Whether the bucket of a store shows that it keeps earlier versions, so that what is deleted stays in it."""
    remote = remote_of(store)
    return bool(remote and remote.latest().keeps_versions)


def _look_aside(store: Path) -> None:
    try:
        with suppress(Refusal, OSError):  # `trouble` names it
            look(store)
    finally:
        with _guard:
            _looking.discard(store)


def _working_copy(remote: Remote, work: Path) -> tuple[Mirrored, dict[Node, Entry]]:
    try:
        return copied(remote, work)
    except FileNotFoundError:  # somebody took it out of the mirror by hand
        delete(work)
        pull(remote, checked=True)
        return copied(remote, work)


def _prove(remote: Remote) -> None:
    """Tries once on each machine whether the store can refuse a write."""
    if not (remote.room / PROVED).is_file():
        remote.bucket.prove()
        (remote.room / PROVED).touch(mode=0o600)


def _publish(
    remote: Remote, work: Path, base: Mirrored, known: Mapping[Node, Entry], erases: bool
) -> tuple[Head, Sent] | None:
    """Sends what is new and has HEAD name it; None where nothing is new."""
    sent = send(remote, work, known)
    log = None
    if (work / AUDIT).is_dir():
        if remote.latest().log:
            raise LogIsThere(
                f"{remote.address} has an audit log already, and the archive has another one. Restore into another "
                "prefix. Nothing was restored."
            )
        log = read_log(remote.bucket, work / AUDIT, None)
    if sent.entries == base.entries and log is None and not erases:
        return None
    return remote.exchange(base.tree, remote.bucket.send(write_tree(sent.entries)), log), sent


def _follow(remote: Remote, done: tuple[Head, Sent], base: Mirrored, erases: bool) -> None:
    """Brings the mirror to what was published, and deletes what nobody names since. What fails here is done later."""
    head, sent = done
    try:
        pull(remote, head, sent)
        _tidy(remote, head, sent.entries, base, erases)
    except (Refusal, OSError) as why:
        if erases:
            raise NotDeleted(
                f"It is done and published, but {remote.address} may still hold what was erased (found: {why}). Run "
                "`coalition erase` without a learner: it deletes what is left."
            ) from why


def _tidy(remote: Remote, head: Head, new: Mapping[str, Entry], base: Mirrored, erases: bool) -> None:
    """Deletes objects that HEAD named before and does not now, and those that nobody ever published."""
    tree = head.tree
    assert tree
    needed = {tree.name, *(entry.stored.name for entry in new.values()), *objects_of(remote.latest().log)}
    gone = {entry.stored.name for entry in base.entries.values()} | ({base.tree.name} if base.tree else set())
    remote.bucket.delete(gone - needed)
    objects = dict(remote.bucket.objects())
    if tree.name in objects:  # else another publisher was next, and tidies
        # What was sent before this tree, and is in none, is of a publish that can only fail since this one was first.
        until = objects[tree.name] if erases else objects[tree.name] - GOES_ON
        remote.bucket.delete([name for name, at in objects.items() if at < until and name not in needed])


def _record_not_done(remote: Remote, work: Path) -> None:
    for event, who, what, release in audit_log.recorded_in(work):
        if not what.startswith(NOT_DONE):
            with suppress(audit_log.NotRecorded, StoreDamaged):  # why it was not done is what has to be reported
                audit_log.record(remote.mirror, event, who, NOT_DONE + what, release)
