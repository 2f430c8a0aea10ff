"""What a file would do to what the store holds: people who would go, names that are new, people known from other files.

Reads snapshots only. Figures of a release as it would be are `proposals.preview`.
"""

import csv
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboard.intake.programmes import programmes
from dashboard.intake.readers.contributions_5w import NOT_STATED
from dashboard.settings import REFERENCE
from dashboard.store.joining import Arrival
from dashboard.store.snapshots import Snapshot, as_if_kept, pinned
from dashboard.warehouse.catalog import sources

KEYS = ("id_key", "email_key")
# Of a stream of fewer people one person is more than a fifth.
FEWEST_PEOPLE = 5
MOST_LOST_SHARE = 0.2

Pins = Mapping[str, Sequence[Snapshot]]


@dataclass(frozen=True)
class Change:
    """People of one stream (`partner/programme`) in a source before and after a file; `gone` are in it no more."""

    source: str
    stream: str
    before: int
    after: int
    gone: int

    @property
    def is_a_loss(self) -> bool:
        """Whether so many would go that somebody has to say that it is meant."""
        return self.before >= FEWEST_PEOPLE and self.gone > self.before * MOST_LOST_SHARE

    def __str__(self) -> str:
        """For the sentence that asks."""
        gone = "all of them" if self.gone == self.before else f"{self.gone:,} of them"
        return f"{self.before:,} learners of {self.stream} become {self.after:,} ({gone} are not in it)"


@dataclass(frozen=True)
class Found:
    """How many people of a file are in the other files of the same partner, by source."""

    source: str
    people: int
    found: int

    def __str__(self) -> str:
        """For the report."""
        ask = ": are the ids the same?" if not self.found else ""
        return f"{self.found:,} of {self.people:,} people are in the partner's files of {self.source}{ask}"


@dataclass(frozen=True)
class Consequence:
    """What follows from a file: people by stream, names that are new, names that vanish, people known already.

    `new` and `vanishing` are by kind: partner, programme, organisation. `is_older` says that what is published is
    newer, so that nothing changes.
    """

    changes: tuple[Change, ...] = ()
    new: Mapping[str, tuple[str, ...]] | None = None
    vanishing: Mapping[str, tuple[str, ...]] | None = None
    found: tuple[Found, ...] = ()
    is_older: bool = False

    @property
    def losses(self) -> tuple[Change, ...]:
        """Streams that would lose more than a fifth of their people."""
        return tuple(one for one in self.changes if one.is_a_loss)

    def as_json(self) -> dict[str, Any]:
        """A plain dictionary, for the audit log and for pages."""
        return asdict(self)


def consequence(before: Pins, after: Pins, fresh: Sequence[Snapshot]) -> Consequence:
    """What follows from snapshots that came in.

    Args:
        before: what a release was built from without them, of `pinned`.
        after: what it would be built from with them.
        fresh: the snapshots.
    """
    came = {one.source for one in fresh}
    changes = [
        change for source in sorted(came) if sources()[source].people for change in _changes(source, before, after)
    ]
    old, new = (_names(pins, came) for pins in (before, after))
    known = {**_reference_names(), "organisation": frozenset()}
    return Consequence(
        changes=tuple(changes),
        new={kind: tuple(sorted(new[kind] - old[kind] - known[kind])) for kind in new},
        vanishing={kind: tuple(sorted(old[kind] - new[kind])) for kind in new},
        found=tuple(found for one in fresh if sources()[one.source].people for found in _found(one, after)),
        is_older=bool(fresh)
        and not any(one.folder == kept.folder for one in fresh for kept in after.get(one.source, ())),
    )


def consequence_of(store: Path, arrivals: Sequence[Arrival]) -> Consequence:
    """What would follow if these were kept together; the store is only read."""
    with tempfile.TemporaryDirectory(prefix="coalition-consequence-") as scratch:
        fresh = would_stand(store, arrivals, Path(scratch))
        return consequence(pinned(store), pinned(store, fresh), fresh)


def would_stand(store: Path, arrivals: Sequence[Arrival], scratch: Path) -> list[Snapshot]:
    """The snapshots that would stand if the files were kept one after the other, in a folder of their own."""
    fresh: list[Snapshot] = []
    for at, arrival in enumerate(arrivals):
        made = as_if_kept(store, arrival, scratch / str(at), fresh)
        fresh = [*(one for one in fresh if one.source != made.source or not made.parts > one.parts), made]
    return fresh


def holds_people(pins: Pins) -> bool:
    """Whether real rows about people are among the snapshots, so that a partner can be new."""
    return any(one.provenance != "demo" for source, found in pins.items() if sources()[source].people for one in found)


def people_by_partner(rows: Path) -> dict[str, set[str]]:
    """One key a learner, the id's where there is one, by partner."""
    found: dict[str, set[str]] = {}
    for stream, keys in _people_by_stream(rows).items():
        found.setdefault(stream.partition("/")[0], set()).update(keys)
    return found


def _changes(source: str, before: Pins, after: Pins) -> list[Change]:
    old_pins, new_pins = before.get(source, ()), after.get(source, ())
    left = {one.folder for one in old_pins} - {one.folder for one in new_pins}
    gone = [one for one in old_pins if one.folder in left and one.provenance != "demo"]
    came = {stream for one in new_pins if one.folder not in {old.folder for old in old_pins} for stream in one.streams}
    streams = {stream for one in gone for stream in one.streams} | came
    then, now = (_of_streams(pins, streams) for pins in (old_pins, new_pins))
    return [
        Change(source, stream, len(then[stream]), len(now[stream]), len(then[stream] - now[stream]))
        for stream in sorted(streams)
        # A stream that only stood in a file beside others is not of this file, and may be another partner's.
        if stream in came and (then[stream] or now[stream]) or then[stream] - now[stream]
    ]


def _of_streams(pins: Sequence[Snapshot], streams: Iterable[str]) -> dict[str, set[str]]:
    """The people of each stream in its newest snapshots."""
    real = [one for one in pins if one.provenance != "demo"]
    newest = {
        stream: max((one.captured_on for one in real if stream in one.streams), default=None) for stream in streams
    }
    found: dict[str, set[str]] = {stream: set() for stream in newest}
    for one in real:
        wanted = {stream for stream, day in newest.items() if day == one.captured_on and stream in one.streams}
        if wanted:
            for stream, keys in _people_by_stream(one.rows_file).items():
                if stream in wanted:
                    found[stream] |= keys
    return found


def _people_by_stream(rows: Path) -> dict[str, set[str]]:
    names = pq.read_schema(rows).names
    if not {"partner_id", *KEYS} <= set(names):
        return {}
    table = pq.read_table(rows, columns=["partner_id", "programme_id", *KEYS])
    people = pa.table(
        {
            "stream": pc.binary_join_element_wise(table["partner_id"], table["programme_id"], "/"),
            "key": pc.coalesce(table["id_key"], table["email_key"]),
        }
    )
    found: dict[str, set[str]] = {}
    for row in people.group_by(["stream", "key"]).aggregate([]).to_pylist():
        if row["key"]:
            found.setdefault(row["stream"], set()).add(row["key"])
    return found


def _names(pins: Pins, of_sources: Iterable[str]) -> dict[str, frozenset[str]]:
    """Partners and programmes of all files about people; organisations of the sources in question."""
    found: dict[str, set[str]] = {"partner": set(), "programme": set(), "organisation": set()}
    for source, snapshots in pins.items():
        for one in snapshots:
            if one.provenance == "demo":
                continue
            if sources()[source].people and sources()[source].stream[:1] == ("partner_id",):
                for stream in one.streams:
                    partner, _, programme = stream.partition("/")
                    found["partner"].add(partner)
                    found["programme"].add(programme)
            elif source in of_sources and "organisation" in sources()[source].kept:
                column = pq.read_table(one.rows_file, columns=["organisation"])["organisation"]
                found["organisation"] |= {name for name in pc.unique(column).to_pylist() if name} - {NOT_STATED}
    return {kind: frozenset(names) for kind, names in found.items()}


def _found(fresh: Snapshot, pins: Pins) -> list[Found]:
    """How many people of a snapshot are in the same partners' files of other sources."""
    mine = _pairs(fresh.rows_file)
    if not mine:
        return []
    partners = {partner for partner, _, _ in mine}
    answers = []
    for source, snapshots in pins.items():
        if source == fresh.source or not sources()[source].people:
            continue
        others = {
            key
            for one in snapshots
            if one.provenance == fresh.provenance
            for partner, *keys in _pairs(one.rows_file)
            if partner in partners
            for key in keys
            if key
        }
        if others:
            people = {(id_key or email_key): {id_key, email_key} & others for _, id_key, email_key in mine}
            answers.append(Found(source, len(people), sum(bool(met) for met in people.values())))
    return answers


def _pairs(rows: Path) -> set[tuple[str, str | None, str | None]]:
    """Each partner, id and e-mail key that stand together in a row."""
    if not {"partner_id", *KEYS} <= set(pq.read_schema(rows).names):
        return set()
    table = pq.read_table(rows, columns=["partner_id", *KEYS])
    pairs = table.group_by(table.column_names).aggregate([])
    return set(zip(*(pairs[name].to_pylist() for name in ("partner_id", *KEYS)), strict=True))


@cache
def _reference_names() -> dict[str, frozenset[str]]:
    """Partners and programmes that the reference knows."""
    with (REFERENCE / "partners.csv").open(encoding="utf-8", newline="") as file:
        partners = frozenset(row["partner_id"] for row in csv.DictReader(file))
    return {"partner": partners | frozenset(programmes().values()), "programme": frozenset(programmes())}
