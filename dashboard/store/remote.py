"""A store in a bucket: immutable objects, and one pointer, `HEAD`, that changes only if nobody else changed it.

`HEAD` names the tree (which file of the store is which object) and holds the audit log: objects for what is old, the
newest lines themselves. A publish exchanges the tree and keeps the log; a line of the log keeps the tree. So a sign-in
during a publish stands in nobody's way, and two publishers do: the second is refused.
"""

import datetime
import fcntl
import hashlib
import json
import os
import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from dashboard.refusals import Refusal
from dashboard.settings import endpoint, store_address, store_folder
from dashboard.store.bucket import Bucket, ObjectGone, Overtaken, Stored, StoreUnreachable
from dashboard.store.mirrored import ADDRESS, mirror_of
from dashboard.store.names import is_name, is_relative_path
from dashboard.store.protocol import StoreDamaged
from dashboard.store.remote_log import FOLDER as AUDIT
from dashboard.store.remote_log import Log, put_log, read_log
from dashboard.store.workspace import FILE_MODE, make_folder

FORMAT = 1
HEAD, TREE, KNOWN = "HEAD", "tree.json", "head.json"
# Held while HEAD is read and written, while the mirror is changed, while somebody writes: in the reverse order.
HEAD_LOCK, MIRROR_LOCK, WRITER_LOCK = ".head.lock", ".mirror.lock", ".writer.lock"
TRIES = 12
T = TypeVar("T")


class PublishedMeanwhile(Refusal):
    """Somebody else wrote to the store while this was prepared."""


@dataclass(frozen=True)
class Entry:
    """A file of the store: its object, and whether it belongs to a published folder, which nobody writes into."""

    stored: Stored
    is_published: bool


@dataclass(frozen=True)
class Head:
    """The pointer as it was read; `e_tag` is empty where there is none yet."""

    sequence: int = 0
    digest: str = ""
    tree: Stored | None = None
    log: Log | None = None
    e_tag: str = ""
    at: datetime.datetime = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    keeps_versions: bool = False


class Remote:
    """The store at an address, and its room on this machine."""

    def __init__(self, address: str, mirror: Path) -> None:
        self.address, self.mirror, self.room = address, mirror, mirror.parent
        self.bucket = Bucket(address)

    @contextmanager
    def held(self, lock: str, waits: bool = True) -> Iterator[bool]:
        """Holds a lock of the room, on this machine; gives False where another one has it and nobody waits."""
        make_folder(self.room)
        with os.fdopen(os.open(self.room / lock, os.O_RDWR | os.O_CREAT, FILE_MODE), "w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def known(self) -> Head:
        """The pointer as this machine read it last."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            known = json.loads((self.room / KNOWN).read_text(encoding="utf-8"))
            at = datetime.datetime.fromisoformat(known["at"])
            return self._parsed_head(known["text"], known["e_tag"], at, known["keeps_versions"])
        return Head()

    def latest(self) -> Head:
        """The pointer as it is now; the mirror has its audit log since.

        Raises:
            StoreUnreachable, BucketRefused, StoreDamaged: it cannot be read, is damaged, or was put back.
        """
        with self.held(HEAD_LOCK):
            head = self._fetched()
            put_log(self.bucket, self.mirror / AUDIT, head.log)
            return head

    def tree(self, head: Head) -> dict[str, Entry]:
        """Every file of the store by its relative path.

        Raises:
            ObjectGone: another tree has taken its place.
            StoreDamaged: it is not the one that was put there.
        """
        return read_tree(self.bucket.fetch(head.tree), self.address) if head.tree else {}

    def exchange(self, before: Stored | None, tree: Stored, log: Log | None = None) -> Head:
        """Has a tree take the place of the one before, whatever lines the log has got meanwhile.

        Raises:
            PublishedMeanwhile: another tree has taken it.
        """
        with self.held(HEAD_LOCK):
            for at in range(TRIES):
                head = self._fetched()
                if head.tree == tree:  # the answer to an earlier try was lost
                    return head
                if head.tree != before or (log and head.log):
                    break
                with suppress(Overtaken):
                    return self._written_head(head, tree, log or head.log)
                _pause(at)
        raise PublishedMeanwhile(
            f"Another publisher was first: {self.address} changed while this was prepared (found: change "
            f"{head.sequence}). Nothing of this was kept. Do the same again."
        )

    def append(self, write: Callable[[Path], T]) -> T:
        """Writes a line to the log of the mirror and to the bucket; where somebody else was first, again after theirs.

        Args:
            write: writes it to the mirror; its result is returned.

        Raises:
            StoreUnreachable, BucketRefused, StoreDamaged, PublishedMeanwhile: it is written nowhere.
        """
        audit = self.mirror / AUDIT
        with self.held(HEAD_LOCK):
            head = self.known()
            for at in range(TRIES):
                if not head.e_tag or at:
                    head = self._fetched()
                put_log(self.bucket, audit, head.log)
                try:
                    done = write(self.mirror)
                    self._written_head(head, head.tree, read_log(self.bucket, audit, head.log))
                    return done
                except Overtaken:
                    _pause(at)
                except BaseException:
                    put_log(self.bucket, audit, head.log)
                    raise
            put_log(self.bucket, audit, self._fetched().log)
        raise PublishedMeanwhile(f"{self.address} is written to by many at once. Do the same again in a minute.")

    def _fetched(self) -> Head:
        before = self.known()
        try:
            pointer = self.bucket.read_pointer(HEAD, before.e_tag)
        except ObjectGone:
            if not before.e_tag:
                return before
            raise self._put_back_error("no HEAD", before) from None
        if pointer is None:
            return before
        text = pointer.body.decode("utf-8", "replace")
        head = self._parsed_head(text, pointer.e_tag, pointer.at, pointer.is_kept)
        if head.sequence < before.sequence:
            raise self._put_back_error(f"change {head.sequence}", before)
        self._remember(text, head)
        return head

    def _written_head(self, before: Head, tree: Stored | None, log: Log | None) -> Head:
        fields: dict[str, Any] = {
            "format": FORMAT,
            "sequence": before.sequence + 1,
            "parent": before.digest,
            "written_at": datetime.datetime.now(datetime.UTC).isoformat(),
            "nonce": uuid.uuid4().hex,
            "tree": tree and _as_json(tree),
            "log": log
            and {
                "pieces": [_as_json(piece) for piece in log.pieces],
                "tail": log.tail,
                "head": log.head,
                "former": {name: _as_json(stored) for name, stored in sorted(log.former.items())},
            },
        }
        fields["digest"] = _digest(fields)
        text = json.dumps(fields, indent=1) + "\n"
        try:
            tag, keeps_versions = self.bucket.write_pointer(HEAD, text.encode(), before.e_tag)
            if not tag:
                raise StoreUnreachable(f"{self.address} gave no tag for HEAD.")
        except (Overtaken, StoreUnreachable):
            # The answer to a write may be lost when the write was not.
            head_now = self._fetched()
            if head_now.digest == fields["digest"]:
                return head_now
            raise
        head = self._parsed_head(text, tag, datetime.datetime.now(datetime.UTC), keeps_versions)
        self._remember(text, head)
        return head

    def _remember(self, text: str, head: Head) -> None:
        known = {"text": text, "e_tag": head.e_tag, "at": head.at.isoformat(), "keeps_versions": head.keeps_versions}
        replace_durably(self.room / KNOWN, json.dumps(known))

    def _parsed_head(self, text: str, e_tag: str, at: datetime.datetime, keeps_versions: bool) -> Head:
        try:
            head = json.loads(text)
            is_newer = head.get("format") != FORMAT
            is_whole = head["digest"] == _digest(head)
            log = head.get("log")
            if is_whole and not is_newer:
                return Head(
                    int(head["sequence"]),
                    head["digest"],
                    _stored(head["tree"]) if head["tree"] else None,
                    log
                    and Log(
                        tuple(map(_stored, log["pieces"])),
                        str(log["tail"]),
                        str(log["head"]),
                        {name: _stored(stored) for name, stored in log["former"].items() if is_relative_path(name)},
                    ),
                    e_tag,
                    at,
                    keeps_versions,
                )
        except (ValueError, KeyError, TypeError, AttributeError):
            is_newer = is_whole = False
        if is_newer:
            raise StoreDamaged(
                f"{HEAD} in {self.address} was written by a newer version of the dashboard (found: format "
                f"{str(head.get('format'))[:20]!r}; this version reads {FORMAT}). Update the dashboard."
            )
        raise StoreDamaged(
            f"{HEAD} in {self.address} is not what was written (its digest differs). What this machine has mirrored "
            "stays. Restore a backup into another prefix, or put HEAD back from a copy of the bucket."
        )

    def _put_back_error(self, what_differs: str, before: Head) -> StoreDamaged:
        return StoreDamaged(
            f"{self.address} was put back, or is another one (found: {what_differs}, where this machine has seen "
            f"change {before.sequence}). What it has mirrored stays. If that is meant, delete the folder {self.room}."
        )


def remote_of(store: Path) -> Remote | None:
    """The bucket that a mirror, or a working copy of one, belongs to; None for a store that is a folder."""
    mirror = mirror_of(store)
    try:
        address = (mirror.parent / ADDRESS).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        if not store_address() or store != store_folder():
            return None
        address = store_address()
        make_folder(mirror.parent)
        replace_durably(mirror.parent / ADDRESS, address)
    return _opened_remote(address, mirror, endpoint())


@lru_cache(maxsize=8)
def _opened_remote(address: str, mirror: Path, _endpoint: str) -> Remote:
    return Remote(address, mirror)


def read_tree(body: bytes, where: str) -> dict[str, Entry]:
    """The files that a tree names.

    Raises:
        StoreDamaged: it names a place that cannot be in a store.
    """
    try:
        tree = json.loads(body)
        entries = {
            relative: Entry(_stored(entry), bool(entry["published"])) for relative, entry in tree["files"].items()
        }
        if all(map(is_relative_path, entries)):
            return entries
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise StoreDamaged(f"The tree of {where} names files that cannot be in a store. Restore a backup.")


def write_tree(entries: Mapping[str, Entry]) -> bytes:
    """What `read_tree` reads."""
    files = {
        relative: {**_as_json(entry.stored), "published": entry.is_published}
        for relative, entry in sorted(entries.items())
    }
    return json.dumps({"files": files}, indent=0).encode()


def replace_durably(path: Path, text: str) -> None:
    """Replaces a file of the room at once, for its owner only."""
    fresh = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _as_json(stored: Stored) -> dict[str, Any]:
    return {"object": stored.name, "bytes": stored.bytes}


def _stored(described: Mapping[str, Any]) -> Stored:
    name = str(described["object"])
    bytes.fromhex(name.partition(".")[0])
    if not is_name(name):
        raise ValueError(name)
    return Stored(name, int(described["bytes"]))


def _digest(head: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in head.items() if key != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _pause(at: int) -> None:
    time.sleep(random.uniform(0, min(0.05 * 2**at, 2)))
