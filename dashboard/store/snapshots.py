"""Snapshots: one immutable Parquet for each file that came in, under its source and the day it was captured."""

import datetime
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dashboard.learner_secret import SecretMissing
from dashboard.refusals import Refusal
from dashboard.settings import learner_secret_file
from dashboard.store.erased import marks
from dashboard.store.joining import (
    CORRECTIONS,
    PART,
    ROWS,
    SET_ASIDE,
    UNSAID,
    Arrival,
    FileId,
    Held,
    NothingToCorrect,
    join,
    joined_digest,
    joined_of,
    open_lines,
)
from dashboard.store.mirrored import shown
from dashboard.store.names import folders
from dashboard.store.protocol import (
    StoreDamaged,
    locked,
    make_durable,
    publish,
    put_aside,
    put_back,
    read_manifest,
    staged,
    verify,
)
from dashboard.warehouse.catalog import sources

# Where snapshots lie: those that releases are built from, those taken out, those that wait for somebody to accept them.
SNAPSHOT_FOLDERS = ("snapshots", "withdrawn", "proposals")
# A snapshot that was rewritten after an erasure: 2024-06-30-1a2b3c4d.e1 stands for 2024-06-30-1a2b3c4d.
VERSION = re.compile(r"(?P<name>.+?)(?:\.e(?P<number>[0-9]{1,9}))?", re.DOTALL)


class DaysOverlap(Refusal):
    """Two files of one day hold partly the same programmes, and nothing states which of them counts."""


class SecretsDiffer(Refusal):
    """Learners of the store were keyed under different secrets, so that the same person would count twice."""


class ErasedMeanwhile(Refusal):
    """Somebody was erased while a file that may be about them was read."""


class NoSuchSnapshot(Refusal):
    """A snapshot was named that the store does not hold."""


@dataclass(frozen=True)
class Snapshot:
    """One capture of one source; `parts` are the digests of the files it was made of, `corrections` those of files of
    corrected rows."""

    source: str
    captured_on: datetime.date
    sha256: str
    provenance: str
    imported_at: str
    streams: frozenset[str]
    learner_secret: str
    parts: frozenset[str]
    corrections: frozenset[str]
    folder: Path
    # Files that older stores hold side by side as parts of one export.
    batch: str = ""
    # The how manieth of its source it was to come in, whatever the clock showed; 0 in older stores.
    arrived: int = 0
    # Names this version of it: another one after an erasure.
    digest: str = ""
    # What was put aside for it when it was kept, and where that lies.
    instead_of: tuple[Path, ...] = field(default=(), compare=False)

    @property
    def order(self) -> tuple[int, str]:
        """By this those of one day stand in the order in which they came in."""
        return self.arrived, self.imported_at

    def replaces(self, other: "Snapshot") -> bool:
        """Whether it stands instead of the other: all that the other holds is in it."""
        return self.is_apart_from(other) and self.streams >= other.streams

    def is_apart_from(self, other: "Snapshot") -> bool:
        """Whether the two were not sent together."""
        return not self.batch or self.batch != other.batch

    @property
    def rows_file(self) -> Path:
        """The checked rows."""
        return self.folder / ROWS

    @property
    def quarantine_file(self) -> Path:
        """The rows set aside, with line, column and reason."""
        return self.folder / SET_ASIDE


def keep(store: Path, arrival: Arrival) -> tuple[Snapshot, bool]:
    """Keeps the files of an intake as a snapshot; True beside it when the store had it already.

    A snapshot is named by its day and the sha256 of the sender's file, so that the same file again is the same one.
    It is kept anew when it was damaged, or when another file for the same day has taken its place since. A part, or
    corrected rows, are kept together with what they belong to, as one snapshot that stands instead.

    Raises:
        DaysOverlap: another file of the same day holds some of its programmes, but not all.
        ErasedMeanwhile: the list of those who were erased has grown since the file was read.
        NothingToCorrect: corrected rows of a file that the store does not hold.
    """
    with locked(store):
        if arrival.erased is not None and arrival.erased != marks(store):
            raise ErasedMeanwhile("Learners were erased while the file was read. Import it again; nothing was kept.")
        bases = _joins(store, arrival)
        for snapshot in _of_its_day(store, arrival):
            if _is_in(arrival, snapshot) and _is_kept_whole(snapshot.folder, snapshot.sha256):
                make_durable(store, snapshot.folder.parent)  # a writer that died after the rename has not seen to that
                return snapshot, True
        digest = joined_digest(*joined_of([_held_of(base) for base in bases], arrival))
        target = store / "snapshots" / arrival.source / snapshot_name(arrival.captured_on, digest, arrival.provenance)
        for folder in reversed(_versions(target)):
            if _is_kept_whole(folder, digest) and _is_last_of_its_day(store, arrival.source, folder):
                make_durable(store, folder.parent)  # a writer that died after the rename has not seen to that
                return read_snapshot(folder), True
        if not bases:
            _refuse_overlap(store, target, arrival)
        aside = [put_aside(store, folder) for folder in _versions(target) if folder != target]
        try:
            _write(store, bases, arrival, target, _next_arrival(store, arrival.source), aside)
        except BaseException:
            for folder in aside:
                put_back(store, folder, target.parent / _name_before(folder))
            raise
    return replace(read_snapshot(target), instead_of=tuple(aside)), False


def undo(store: Path, snapshot: Snapshot) -> None:
    """Takes out a snapshot that was just kept, and puts what was put aside for it back in its place."""
    with locked(store):
        if snapshot.folder.is_dir():
            put_aside(store, snapshot.folder)
        for folder in snapshot.instead_of:
            put_back(store, folder, snapshot.folder.parent / _name_before(folder))


def as_if_kept(store: Path, arrival: Arrival, scratch: Path, more: Sequence[Snapshot] = ()) -> Snapshot:
    """The snapshot that `keep` would make of it now, in a folder that is no part of the store, which is only read.

    `more` are others that are as if they were kept.

    Raises:
        NothingToCorrect: as `keep`.
    """
    kept_already = next((snapshot for snapshot in _of_its_day(store, arrival, more) if _is_in(arrival, snapshot)), None)
    if kept_already:
        return kept_already
    target = (
        scratch / "snapshots" / arrival.source / snapshot_name(arrival.captured_on, arrival.digest, arrival.provenance)
    )
    _write(scratch, _joins(store, arrival, more), arrival, target, _next_arrival(store, arrival.source, more))
    return read_snapshot(target)


def snapshot_name(captured_on: str, digest: str, provenance: str) -> str:
    """The folder of a snapshot, of its proposal too; corrected rows of the file name it so."""
    return str(FileId(captured_on, digest, provenance == "demo"))


def lines_to_correct(store: Path, source: str) -> dict[str, frozenset[int]]:
    """Lines set aside of the files that the store holds of a source, by the id of the file."""
    lines: dict[str, frozenset[int]] = {}
    for snapshot in _not_replaced(snapshots(store, source)):
        lines |= open_lines(_held_of(snapshot))
    return lines


def _joins(store: Path, arrival: Arrival, more: Sequence[Snapshot] = ()) -> list[Snapshot]:
    """The snapshots that an arrival joins: of corrected rows those with their file, of a part those of its export.

    Raises:
        NothingToCorrect: none of them has the file.
    """
    if arrival.kind not in (PART, CORRECTIONS):
        return []
    mine = _of_its_day(store, arrival, more)
    if arrival.kind == PART:
        # Of files that are one export, those that came before this one; what stood before them is replaced.
        beside = [snapshot for snapshot in mine if snapshot.parts <= arrival.together or not arrival.together]
        return [
            snapshot
            for snapshot in beside
            if snapshot.parts != arrival.digests and (snapshot.streams & arrival.streams or not arrival.streams)
        ]
    file = FileId.read(arrival.corrects).digest
    corrected = [snapshot for snapshot in mine if any(digest.startswith(file) for digest in snapshot.parts)]
    if not corrected:
        raise NothingToCorrect(
            f"These are corrected rows of the file {arrival.corrects}, which the store does not hold, or not any more. "
            "Import that export first, or send the whole export."
        )
    return corrected


def _of_its_day(store: Path, arrival: Arrival, more: Sequence[Snapshot] = ()) -> list[Snapshot]:
    """What stands of the source and day of an arrival, invented rows beside invented ones only."""
    others = [snapshot for snapshot in more if snapshot.source == arrival.source]
    return [
        snapshot
        for snapshot in _not_replaced(_in_order([*snapshots(store, arrival.source), *others]))
        if snapshot.captured_on.isoformat() == arrival.captured_on
        and (snapshot.provenance == "demo") == (arrival.provenance == "demo")
    ]


def _is_in(arrival: Arrival, snapshot: Snapshot) -> bool:
    """Whether a file is among those that a snapshot was made of, and would not replace others of them."""
    if arrival.kind == CORRECTIONS:
        return arrival.digest in snapshot.corrections
    is_all = arrival.kind in (UNSAID, PART) or snapshot.parts <= arrival.together
    return arrival.digests <= snapshot.parts and len(snapshot.parts) > len(arrival.parts or (1,)) and is_all


def _not_replaced(ordered: Sequence[Snapshot]) -> list[Snapshot]:
    """Those of which no later one of the same day holds everything."""
    return [
        snapshot
        for at, snapshot in enumerate(ordered)
        if not any(
            later.captured_on == snapshot.captured_on and later.replaces(snapshot) for later in ordered[at + 1 :]
        )
    ]


def _held_of(snapshot: Snapshot) -> Held:
    account = read_manifest(snapshot.folder)["input"]
    return Held(snapshot.folder, snapshot.captured_on.isoformat(), snapshot.provenance == "demo", account)


def _next_arrival(store: Path, source: str, more: Sequence[Snapshot] = ()) -> int:
    """The how manieth of its source one that comes in now is: a clock that was set back does not make it older."""
    known = [*snapshots(store, source), *(snapshot for snapshot in more if snapshot.source == source)]
    return max((snapshot.arrived for snapshot in known), default=0) + 1


def _name_before(aside: Path) -> str:
    """The name of a snapshot before `put_aside` added eight letters to it."""
    return aside.name.rpartition("-")[0]


def _write(
    store: Path,
    bases: Sequence[Snapshot],
    arrival: Arrival,
    target: Path,
    arrived: int,
    aside: list[Path] | None = None,
) -> None:
    """Writes a snapshot of the arrival and what it joins, by the publish protocol."""
    for base in bases:
        verify(base.folder)  # else what is damaged would be taken over, or end this without a word
    with staged(store) as fresh:
        if bases:
            account = join([_held_of(base) for base in bases], arrival, fresh)
        else:
            for name in (ROWS, SET_ASIDE):
                shutil.copyfile(arrival.folder / name, fresh / name)
            account = {**arrival.account, "sha256": arrival.digest}
            if arrival.parts:
                account |= {"parts": sorted(arrival.parts), "corrections": []}
        publish(
            store,
            fresh,
            target,
            {
                "kind": "snapshot",
                "source": arrival.source,
                "captured_on": arrival.captured_on,
                "provenance": arrival.provenance,
                "imported_at": now(),
                "arrived": arrived,
                "input": account,
            },
            aside,
        )


def withdraw(store: Path, source: str, name: str) -> Path:
    """Takes a snapshot out of what the next release is built from; its files are moved to `withdrawn/`, not deleted.

    Raises:
        NoSuchSnapshot: the store holds none of that name.
    """
    with locked(store):
        return put_aside(store, named(store, source, name))


def named(store: Path, source: str, name: str) -> Path:
    """The folder of a snapshot.

    Raises:
        NoSuchSnapshot: the store holds none of that name.
    """
    if source not in sources():
        raise NoSuchSnapshot(f"There is no source {source[:80]!r}. `coalition sources` lists them.")
    # Looked up among those that stand, so that a name such as ../.. leads nowhere.
    named_folders = {path.name: path for path in folders(store / "snapshots" / source)}
    if name not in named_folders:
        known = ", ".join(path.name for path in _folders(store, source)) or "none"
        raise NoSuchSnapshot(f"There is no snapshot {name[:80]!r} of {source}; the store holds: {known}.")
    return named_folders[name]


def snapshots(store: Path, source: str) -> list[Snapshot]:
    """All snapshots of a source, by day of capture and then by the moment they came in."""
    return _in_order(map(read_snapshot, _folders(store, source)))


def refuse_new_secret(store: Path) -> None:
    """Stops what would make a new secret for a store whose learners have keys under another one.

    Demonstrations do not count: nobody's rows have to link with theirs.

    Raises:
        SecretMissing: there are such learners, and no secret.
    """
    if (file := learner_secret_file()).exists():
        return
    keyed = next(
        (
            f"{snapshot.source} {snapshot.folder.name}"
            for card in sources().values()
            for snapshot in (snapshots(store, card.name) if card.people else ())
            if snapshot.learner_secret and snapshot.provenance != "demo"
        ),
        "the list of erased learners" if marks(store) else "",
    )
    if keyed:
        raise SecretMissing(
            f"There is no secret at {file}, and {shown(store)} holds learners with keys made under one (found: "
            f"{keyed}). A new one would not link with them, nor keep out who was erased. Put the secret there, from "
            "your backup or from where the store was before. Nothing was changed."
        )


def _in_order(unordered: Iterable[Snapshot]) -> list[Snapshot]:
    return sorted(unordered, key=lambda snapshot: (snapshot.captured_on, snapshot.order))


def pinned(store: Path, more: Sequence[Snapshot] = ()) -> dict[str, list[Snapshot]]:
    """The snapshots a release made now is built from, by source; as if `more` had just come in.

    Of two for the same day the one that came in last counts, and demonstrations step aside for real rows: those of
    every source of the same group, since learners invented in one file would be counted with real ones of another.

    Raises:
        SecretsDiffer: learners among them were keyed under different secrets.
    """
    all_ = {
        source: _in_order([*snapshots(store, source), *(snapshot for snapshot in more if snapshot.source == source)])
        for source in sources()
    }
    real_groups = {
        sources()[source].group
        for source, several in all_.items()
        if any(snapshot.provenance != "demo" for snapshot in several)
    }
    chosen = {}
    for source, several in all_.items():
        if sources()[source].group in real_groups:
            several = [snapshot for snapshot in several if snapshot.provenance != "demo"]
        # Of a source that is distinguished by programme only the newest export counts; of the others every capture.
        only_newest = bool(sources()[source].stream)
        chosen[source] = [
            snapshot
            for at, snapshot in enumerate(several)
            if not _is_replaced(snapshot, several[at + 1 :], only_newest)
        ]
    secrets = {
        snapshot.learner_secret: snapshot
        for several in chosen.values()
        for snapshot in several
        if snapshot.learner_secret
    }
    if len(secrets) > 1:
        first, other, *_ = secrets.values()
        raise SecretsDiffer(
            f"{first.source} {first.folder.name} and {other.source} {other.folder.name} were keyed under different "
            "secrets, so that a learner of both would count twice. Import one of them again under the "
            "secret of the other."
        )
    return chosen


def _is_replaced(snapshot: Snapshot, later: Sequence[Snapshot], only_newest: bool) -> bool:
    """Whether later ones hold everything that it holds: of any day, or of its own."""
    instead = [
        other
        for other in later
        if (only_newest or other.captured_on == snapshot.captured_on) and other.is_apart_from(snapshot)
    ]
    return bool(instead) and snapshot.streams <= frozenset().union(*(other.streams for other in instead))


def _refuse_overlap(store: Path, target: Path, arrival: Arrival) -> None:
    versions = _versions(target)
    for other in _of_its_day(store, arrival):
        both = arrival.streams & other.streams
        if other.folder in versions or not both or arrival.streams >= other.streams:
            continue
        raise DaysOverlap(
            f"The store holds a file of {arrival.source} of the same day, {other.folder.name}, with "
            f"{', '.join(sorted(both)[:3])} and more, so this one is not the whole export of that day. If it is a part "
            "of it, declare it as one (`--part`); else give another day of capture. "
            f"`coalition withdraw {arrival.source} {other.folder.name}` takes the other one out."
        )


def now() -> str:
    """This moment in UTC, ISO 8601 with microseconds."""
    return datetime.datetime.now(datetime.UTC).isoformat()


def standing(folder: Path) -> list[Path]:
    """The snapshots in a folder of one source, by name; of one that was rewritten, the last version only."""
    newest: dict[str, Path] = {}
    for path in sorted(folders(folder), key=_version):
        newest[_version(path)[0]] = path
    return sorted(newest.values())


def next_version(folder: Path) -> Path:
    """Where a snapshot that is rewritten goes: as soon as it is there, the one before counts no more."""
    name, number = _version(folder)
    return folder.with_name(f"{name}.e{number + 1}")


def _version(folder: Path) -> tuple[str, int]:
    match = VERSION.fullmatch(folder.name)
    assert match
    return match["name"], int(match["number"] or 0)


def _versions(target: Path) -> list[Path]:
    return sorted((path for path in folders(target.parent) if _version(path)[0] == target.name), key=_version)


def _folders(store: Path, source: str) -> list[Path]:
    return standing(store / "snapshots" / source)


def _is_kept_whole(folder: Path, digest: str) -> bool:
    try:
        return verify(folder)["input"]["sha256"] == digest
    except StoreDamaged:
        return False


def _is_last_of_its_day(store: Path, source: str, folder: Path) -> bool:
    mine = read_snapshot(folder)
    others = (read_snapshot(path) for path in _folders(store, source) if path != folder)
    return not any(
        other.captured_on == mine.captured_on and other.order > mine.order and other.replaces(mine) for other in others
    )


def read_snapshot(folder: Path) -> Snapshot:
    """The snapshot in a folder, as its manifest states; StoreDamaged when it is not whole."""
    manifest = read_manifest(folder)
    try:
        snapshot = Snapshot(
            source=manifest["source"],
            captured_on=datetime.date.fromisoformat(manifest["captured_on"]),
            sha256=manifest["input"]["sha256"],
            provenance=manifest["provenance"],
            imported_at=manifest["imported_at"],
            streams=frozenset(manifest["input"].get("streams", ())),
            learner_secret=manifest["input"].get("learner_secret", ""),
            parts=frozenset(manifest["input"].get("parts") or [manifest["input"]["sha256"]]),
            corrections=frozenset(manifest["input"].get("corrections", ())),
            folder=folder,
            batch=manifest.get("batch", ""),
            arrived=int(manifest.get("arrived", 0)),
            digest=manifest["digest"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise StoreDamaged(
            f"{folder} holds a manifest that is not one of a snapshot ({type(wrong).__name__}). {_otherwise(folder)}"
        ) from wrong
    if snapshot.source != folder.parent.name:
        raise StoreDamaged(
            f"{folder} is a snapshot of {snapshot.source!r} and lies among those of {folder.parent.name}. "
            f"{_otherwise(folder)}"
        )
    return snapshot


def _otherwise(folder: Path) -> str:
    return f"`coalition withdraw {folder.parent.name} {folder.name}` takes it out."
