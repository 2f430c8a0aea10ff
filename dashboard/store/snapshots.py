"""Snapshots: one immutable Parquet for each file that came in, under its source and the day it was captured."""

import datetime
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.store.erased import marks
from dashboard.store.protocol import (
    StoreDamaged,
    locked,
    make_durable,
    publish,
    put_aside,
    read_manifest,
    staged,
    verify,
)
from dashboard.warehouse.catalog import sources

# Where snapshots lie: those that releases are built from, those taken out, those that wait for somebody to accept them.
PLACES = ("snapshots", "withdrawn", "proposals")
# A snapshot that was rewritten after an erasure: 2024-06-30-1a2b3c4d.e1 stands for 2024-06-30-1a2b3c4d.
VERSION = re.compile(r"(?P<name>.+?)(?:\.e(?P<number>[0-9]+))?")


class DaysOverlap(Exception):
    """Two files of one day hold partly the same programmes, and nothing says which of them counts."""


class SecretsDiffer(Exception):
    """Learners of the store were keyed under different secrets, so that the same person would count twice."""


class ErasedMeanwhile(Exception):
    """Somebody was erased while a file that may be about them was read."""


class NoSuchSnapshot(Exception):
    """A snapshot was named that the store does not hold."""


@dataclass(frozen=True)
class Snapshot:
    """One capture of one source."""

    source: str
    captured_on: datetime.date
    sha256: str
    provenance: str
    imported_at: str
    streams: frozenset[str]
    learner_secret: str
    batch: str
    folder: Path

    def replaces(self, other: "Snapshot") -> bool:
        """Whether it stands instead of the other: not sent together with it, and all that the other holds is in it."""
        return self.batch != other.batch and self.streams >= other.streams

    @property
    def rows_file(self) -> Path:
        """The checked rows."""
        return self.folder / "rows.parquet"

    @property
    def quarantine_file(self) -> Path:
        """The rows set aside, with line, column and reason."""
        return self.folder / "quarantine.csv"


def keep(
    store: Path,
    source: str,
    captured_on: str,
    digest: str,
    folder: Path,
    report: dict[str, Any],
    batch: str = "",
    erased: frozenset[str] | None = None,
) -> tuple[Snapshot, bool]:
    """Keeps the files of an intake as a snapshot; True beside it when the store had it already.

    A snapshot is named by its day and the sha256 of the sender's file, so that the same file again is the same one.
    It is kept anew when it was damaged, or when another file for the same day has taken its place since. `erased` is
    the list of those whose rows the intake left out.

    Raises:
        DaysOverlap: another file of the same day holds some of its programmes, but not all.
        ErasedMeanwhile: the list has grown since.
    """
    provenance = report["provenance"]
    name = f"{captured_on}-{digest[:8]}{'-demo' if provenance == 'demo' else ''}"
    target = store / "snapshots" / source / name
    with locked(store):
        if erased is not None and erased != marks(store):
            raise ErasedMeanwhile("Learners were erased while the file was read. Import it again; nothing was kept.")
        for there in reversed(_versions(target)):
            # A part that is sent again with other parts belongs to them from now on.
            same = not batch or _stands(there, digest) and read_snapshot(there).batch == batch
            if same and _stands(there, digest) and _is_last_of_its_day(store, source, there):
                make_durable(store, there.parent)  # a writer that died after the rename has not seen to that
                return read_snapshot(there), True
        _refuse_overlap(store, target, captured_on, frozenset(report["streams"]), batch or name)
        for there in _versions(target):
            if there != target:
                put_aside(store, there)
        with staged(store) as fresh:
            for path in folder.iterdir():
                shutil.copyfile(path, fresh / path.name)
            account = {key: value for key, value in report.items() if key != "quarantined"}
            publish(
                store,
                fresh,
                target,
                {
                    "kind": "snapshot",
                    "source": source,
                    "captured_on": captured_on,
                    "provenance": provenance,
                    "imported_at": now(),
                    "batch": batch or name,
                    "input": {"sha256": digest, **account, "quarantined": len(report["quarantined"])},
                },
            )
    return read_snapshot(target), False


def withdraw(store: Path, source: str, name: str) -> Path:
    """Takes a snapshot out of what the next release is built from; its files are moved to `withdrawn/`, not deleted.

    Raises:
        NoSuchSnapshot: the store holds none of that name.
    """
    with locked(store):
        folder = store / "snapshots" / source / name
        if folder.parent != store / "snapshots" / source or not folder.is_dir():
            known = ", ".join(path.name for path in _folders(store, source)) or "none"
            raise NoSuchSnapshot(f"There is no snapshot {name!r} of {source}; the store holds: {known}.")
        return put_aside(store, folder)


def snapshots(store: Path, source: str) -> list[Snapshot]:
    """All snapshots of a source, by day of capture and then by the moment they came in."""
    return _in_order(map(read_snapshot, _folders(store, source)))


def _in_order(found: Iterable[Snapshot]) -> list[Snapshot]:
    return sorted(found, key=lambda snapshot: (snapshot.captured_on, snapshot.imported_at))


def pinned(store: Path, more: Sequence[Snapshot] = ()) -> dict[str, list[Snapshot]]:
    """The snapshots a release made now is built from, by source; as if `more` had just come in.

    Of two for the same day the one that came in last counts, and demonstrations step aside for real rows: those of
    every source of the same group, since learners invented in one file would be counted with real ones of another.

    Raises:
        SecretsDiffer: learners among them were keyed under different secrets.
    """
    all_ = {
        source: _in_order([*snapshots(store, source), *(one for one in more if one.source == source)])
        for source in sources()
    }
    real_groups = {
        sources()[source].group for source, found in all_.items() if any(one.provenance != "demo" for one in found)
    }
    chosen = {}
    for source, found in all_.items():
        if sources()[source].group in real_groups:
            found = [snapshot for snapshot in found if snapshot.provenance != "demo"]
        # Of a source that is told apart by programme only the newest export counts; of the others every capture.
        only_newest = bool(sources()[source].stream)
        chosen[source] = [
            one
            for at, one in enumerate(found)
            if not any(
                later.replaces(one) and (only_newest or later.captured_on == one.captured_on)
                for later in found[at + 1 :]
            )
        ]
    secrets = {one.learner_secret: one for found in chosen.values() for one in found if one.learner_secret}
    if len(secrets) > 1:
        one, other, *_ = secrets.values()
        raise SecretsDiffer(
            f"{one.source} {one.folder.name} and {other.source} {other.folder.name} were keyed under different "
            "secrets, so that a learner of both would count twice. Import one of them again under the "
            "secret of the other."
        )
    return chosen


def _refuse_overlap(store: Path, target: Path, captured_on: str, streams: frozenset[str], batch: str) -> None:
    source, versions = target.parent.name, _versions(target)
    for other in (read_snapshot(folder) for folder in _folders(store, source) if folder not in versions):
        together = other.batch == batch or not streams & other.streams
        if other.captured_on.isoformat() != captured_on or together or streams >= other.streams:
            continue
        both = ", ".join(sorted(streams & other.streams)[:3])
        raise DaysOverlap(
            f"The store holds a file of {source} of the same day, {other.folder.name}, with {both} and more. Give both "
            f"files in one command if they are parts of one export; else `coalition withdraw {source} "
            f"{other.folder.name}`, or another --captured-on."
        )


def now() -> str:
    """This moment in UTC, ISO 8601 with microseconds."""
    return datetime.datetime.now(datetime.UTC).isoformat()


def standing(folder: Path) -> list[Path]:
    """The snapshots in a folder of one source, by name; of one that was rewritten, the last version only."""
    found = folder.iterdir() if folder.is_dir() else ()
    newest: dict[str, Path] = {}
    for path in sorted((path for path in found if path.is_dir() and not path.name.startswith(".")), key=_version):
        newest[_version(path)[0]] = path
    return sorted(newest.values())


def next_version(folder: Path) -> Path:
    """Where a snapshot that is rewritten goes: as soon as it is there, the one before counts no more."""
    name, number = _version(folder)
    return folder.with_name(f"{name}.e{number + 1}")


def _version(folder: Path) -> tuple[str, int]:
    told = VERSION.fullmatch(folder.name)
    assert told
    return told["name"], int(told["number"] or 0)


def _versions(target: Path) -> list[Path]:
    found = target.parent.iterdir() if target.parent.is_dir() else ()
    return sorted((path for path in found if path.is_dir() and _version(path)[0] == target.name), key=_version)


def _folders(store: Path, source: str) -> list[Path]:
    return standing(store / "snapshots" / source)


def _stands(folder: Path, digest: str) -> bool:
    try:
        return verify(folder)["input"]["sha256"] == digest
    except StoreDamaged:
        return False


def _is_last_of_its_day(store: Path, source: str, folder: Path) -> bool:
    mine = read_snapshot(folder)
    others = (read_snapshot(path) for path in _folders(store, source) if path != folder)
    return not any(
        other.captured_on == mine.captured_on and other.imported_at > mine.imported_at and other.replaces(mine)
        for other in others
    )


def read_snapshot(folder: Path) -> Snapshot:
    """The snapshot in a folder, as its manifest says; StoreDamaged when it is not whole."""
    said = read_manifest(folder)
    return Snapshot(
        source=said["source"],
        captured_on=datetime.date.fromisoformat(said["captured_on"]),
        sha256=said["input"]["sha256"],
        provenance=said["provenance"],
        imported_at=said["imported_at"],
        streams=frozenset(said["input"].get("streams", ())),
        learner_secret=said["input"].get("learner_secret", ""),
        batch=said.get("batch", folder.name),
        folder=folder,
    )
