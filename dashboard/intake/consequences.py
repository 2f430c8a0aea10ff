"""What a file would do to what the store holds: people who would go, names that are new, people known from other files.

Reads snapshots only. Figures of a release as it would be are `proposals.preview`.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboard.intake.meeting import KEYS, Match, Unlisted, columns_of, matches, unlisted
from dashboard.intake.programmes import programmes
from dashboard.intake.readers.contributions_5w import NOT_STATED
from dashboard.intake.workplace import workplace
from dashboard.settings import REFERENCE
from dashboard.store.joining import Arrival
from dashboard.store.snapshots import Snapshot, as_if_kept, pinned
from dashboard.warehouse.catalog import sources

LEARNERS = "learners"
# Of fewer than these one is more than a fifth.
FEWEST = 5
MOST_LOST_SHARE = 0.2
# As alike as two spellings of one id are, and less than two ids.
SPELLED_ALIKE = 0.8
# What else a file may lack that what stands has: the words for it, and the columns by which it is distinguished.
COUNTED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "coursera_usage": ("courses", ("course_id",)),
    "coursera_specializations": ("specialisations", ("specialisation",)),
    "contributions_5w": ("organisations by country", ("country_iso3", "organisation")),
    "hubs": ("hubs", ("hub_id",)),
    "oxcgrt_c1": ("countries", ("country_iso3",)),
    "uis_enrolment": ("countries", ("country_iso3",)),
    "unesco_closures": ("countries", ("country_iso3",)),
    "unhcr_population": ("years", ("year",)),
}

Pins = Mapping[str, Sequence[Snapshot]]


@dataclass(frozen=True)
class Change:
    """What one stream (`partner/programme`) of a source reports before and after a file; `gone` are in it no more.

    `what` states what is counted: learners, or things that a file of the same learners may still lack. The stream is
    empty for a source that has none.
    """

    source: str
    stream: str
    before: int
    after: int
    gone: int
    what: str = LEARNERS

    @property
    def is_a_loss(self) -> bool:
        """Whether so much would go that somebody has to confirm it."""
        return self.gone > self.before * MOST_LOST_SHARE if self.before >= FEWEST else self.gone == self.before > 1

    def __str__(self) -> str:
        """For the sentence that asks."""
        gone = "all of them" if self.gone == self.before else f"{self.gone:,} of them"
        return (
            f"{self.before:,} {self.what} of {self.stream or self.source} become {self.after:,} ({gone} are not in it)"
        )


@dataclass(frozen=True)
class Consequence:
    """What follows from a file: people by stream, names that are new, names that vanish, people known already.

    `new` and `vanishing` are by kind: partner, programme, organisation. `is_older` states that what is published is
    newer, so that nothing changes. `unlisted` are ids that no list has. `alike` are known partners and programmes that
    a new one may be meant for.
    """

    changes: tuple[Change, ...] = ()
    new: Mapping[str, tuple[str, ...]] | None = None
    vanishing: Mapping[str, tuple[str, ...]] | None = None
    found: tuple[Match, ...] = ()
    unlisted: tuple[Unlisted, ...] = ()
    is_older: bool = False
    alike: Mapping[str, str] = field(default_factory=dict)

    @property
    def losses(self) -> tuple[Change, ...]:
        """Streams that would lose more than a fifth of what they report."""
        return tuple(change for change in self.changes if change.is_a_loss)

    def as_json(self) -> dict[str, Any]:
        """A plain dictionary, for the audit log and for pages."""
        return asdict(self)


def consequence(before: Pins, after: Pins, fresh: Sequence[Snapshot], partner: str = "") -> Consequence:
    """What follows from snapshots that came in.

    Args:
        before: what a release was built from without them, of `pinned`.
        after: what it would be built from with them.
        fresh: the snapshots.
        partner: who is to see it: then nothing of it depends on other partners' files. Empty for stewards.
    """
    if partner:
        before, after = of_partner(before, partner), of_partner(after, partner)
    came = {snapshot.source for snapshot in fresh}
    changes = [
        change
        for source in sorted(came)
        for what in _counted_columns(source)
        for change in _changes(source, what, before, after)
        if not (partner and sources()[source].people) or change.stream.partition("/")[0] == partner
    ]
    old, new = (_names(pins, came, partner) for pins in (before, after))
    known = {**_reference_names(), "organisation": frozenset()}
    fresh_names = {kind: tuple(sorted(new[kind] - old[kind] - known[kind])) for kind in new}
    return Consequence(
        changes=tuple(changes),
        new=fresh_names,
        alike={
            name: other
            for kind in ("partner", "programme")
            for name in fresh_names[kind]
            if (other := _alike(name, old[kind] | known[kind]))
        },
        vanishing={kind: tuple(sorted(old[kind] - new[kind])) for kind in new},
        found=tuple(
            match for snapshot in fresh if sources()[snapshot.source].people for match in matches(snapshot, after)
        ),
        unlisted=tuple(lost for snapshot in fresh for lost in unlisted(snapshot, after, is_all=not partner)),
        is_older=bool(fresh)
        and not any(snapshot.folder == kept.folder for snapshot in fresh for kept in after.get(snapshot.source, ())),
    )


def consequence_of(store: Path, arrivals: Sequence[Arrival], partner: str = "") -> Consequence:
    """What would follow if these were kept together; the store is only read. `partner` is as in `consequence`."""
    with workplace(store) as scratch:
        fresh = would_stand(store, arrivals, scratch)
        return consequence(pinned(store), pinned(store, fresh), fresh, partner)


def of_partner(pins: Pins, partner: str) -> dict[str, list[Snapshot]]:
    """The snapshots without those about people in which the partner has no rows."""
    return {
        source: [snapshot for snapshot in snapshots if not sources()[source].people or _reports(snapshot, partner)]
        for source, snapshots in pins.items()
    }


def _reports(snapshot: Snapshot, partner: str) -> bool:
    return any(stream.partition("/")[0] == partner for stream in snapshot.streams)


def would_stand(store: Path, arrivals: Sequence[Arrival], scratch: Path) -> list[Snapshot]:
    """The snapshots that would stand if the files were kept one after the other, in a folder of their own."""
    fresh: list[Snapshot] = []
    for at, arrival in enumerate(arrivals):
        snapshot = as_if_kept(store, arrival, scratch / str(at), fresh)
        fresh = [
            *(other for other in fresh if other.source != snapshot.source or not snapshot.parts > other.parts),
            snapshot,
        ]
    return fresh


def holds_people(pins: Pins) -> bool:
    """Whether real rows about people are among the snapshots, so that a partner can be new."""
    return any(
        snapshot.provenance != "demo"
        for source, snapshots in pins.items()
        if sources()[source].people
        for snapshot in snapshots
    )


def people_by_partner(rows: Path) -> dict[str, set[str]]:
    """One key a learner, the id's where there is one, by partner."""
    keys_of: dict[str, set[str]] = {}
    for stream, keys in _by_stream(rows, ("partner_id", "programme_id"), ()).items():
        keys_of.setdefault(stream.partition("/")[0], set()).update(keys)
    return keys_of


def _counted_columns(source: str) -> list[str]:
    """What is counted of a source: learners, where it is about them, and what else a file of it may lack."""
    words = [COUNTED[source][0]] if source in COUNTED else []
    return [LEARNERS, *words] if sources()[source].people else words


def _changes(source: str, what: str, before: Pins, after: Pins) -> list[Change]:
    old_pins, new_pins = before.get(source, ()), after.get(source, ())
    left = {snapshot.folder for snapshot in old_pins} - {snapshot.folder for snapshot in new_pins}
    gone = [snapshot for snapshot in old_pins if snapshot.folder in left and snapshot.provenance != "demo"]
    fresh = [snapshot for snapshot in new_pins if snapshot.folder not in {old.folder for old in old_pins}]
    came = {stream for snapshot in fresh for stream in _streams(snapshot)}
    streams = {stream for snapshot in gone for stream in _streams(snapshot)} | came
    columns = () if what == LEARNERS else COUNTED[source][1]
    then, now = (_of_streams(pins, streams, source, columns) for pins in (old_pins, new_pins))
    return [
        Change(source, stream, len(then[stream]), len(now[stream]), len(then[stream] - now[stream]), what)
        for stream in sorted(streams)
        # A stream that only stood in a file beside others is not of this file, and may be another partner's.
        if stream in came and (then[stream] or now[stream]) or then[stream] - now[stream]
    ]


def _streams(snapshot: Snapshot) -> frozenset[str]:
    """The streams of a snapshot; of a source that has none, one without a name."""
    return snapshot.streams or frozenset({""})


def _of_streams(
    pins: Sequence[Snapshot], streams: Iterable[str], source: str, columns: Sequence[str]
) -> dict[str, set[str]]:
    """What is counted of each stream in its newest snapshots."""
    real = [snapshot for snapshot in pins if snapshot.provenance != "demo"]
    newest = {
        stream: max((snapshot.captured_on for snapshot in real if stream in _streams(snapshot)), default=None)
        for stream in streams
    }
    keys_of: dict[str, set[str]] = {stream: set() for stream in newest}
    for snapshot in real:
        wanted = {
            stream for stream, day in newest.items() if day == snapshot.captured_on and stream in _streams(snapshot)
        }
        if wanted:
            for stream, keys in _by_stream(snapshot.rows_file, sources()[source].stream, columns).items():
                if stream in wanted:
                    keys_of[stream] |= keys
    return keys_of


def _by_stream(rows: Path, stream: Sequence[str], columns: Sequence[str]) -> dict[str, set[str]]:
    """Distinct values of the columns, joined, by stream; without columns one key a learner."""
    names = columns_of(rows)
    wanted = columns or KEYS
    if not {*stream, *wanted} <= set(names):
        return {}
    table = pq.read_table(rows, columns=[*stream, *wanted])
    texts = {name: pc.cast(table[name], pa.string()) for name in table.column_names}
    keys = [texts[name] for name in wanted]
    counted = pa.table(
        {
            "stream": _joined_columns([texts[name] for name in stream], table.num_rows),
            "key": _joined_columns(keys, table.num_rows) if columns else pc.coalesce(*keys),
        }
    )
    keys_of: dict[str, set[str]] = {}
    for row in counted.group_by(["stream", "key"]).aggregate([]).to_pylist():
        if row["key"]:
            keys_of.setdefault(row["stream"], set()).add(row["key"])
    return keys_of


def _joined_columns(columns: Sequence[pa.ChunkedArray], rows: int) -> Any:
    """The columns as one, with a stroke between; of none, as many empty texts."""
    if not columns:
        return pa.array([""] * rows, pa.string())
    return pc.binary_join_element_wise(*columns, "/", null_handling="replace")


def _alike(name: str, known: Iterable[str]) -> str:
    """The known id that a new one begins with, ends with or is spelled like; empty where there is none."""
    similar = [other for other in sorted(known, key=len, reverse=True) if f"_{other}_" in f"_{name}_"]
    return next(iter([*similar, *get_close_matches(name, sorted(known), 1, SPELLED_ALIKE)]), "")


def _names(pins: Pins, of_sources: Iterable[str], only: str = "") -> dict[str, frozenset[str]]:
    """Partners and programmes of files about people, of one partner `only` if it is named; organisations of the sources
    in question.
    """
    names_of: dict[str, set[str]] = {"partner": set(), "programme": set(), "organisation": set()}
    for source, snapshots in pins.items():
        for snapshot in snapshots:
            if snapshot.provenance == "demo":
                continue
            if sources()[source].people and sources()[source].stream[:1] == ("partner_id",):
                for stream in snapshot.streams:
                    partner, _, programme = stream.partition("/")
                    if only not in ("", partner):
                        continue
                    names_of["partner"].add(partner)
                    names_of["programme"] |= {programme} - {partner}  # of a file that names no programme
            elif source in of_sources and "organisation" in columns_of(snapshot.rows_file):
                column = pq.read_table(snapshot.rows_file, columns=["organisation"])["organisation"]
                names_of["organisation"] |= {name for name in pc.unique(column).to_pylist() if name} - {NOT_STATED}
    return {kind: frozenset(names) for kind, names in names_of.items()}


@cache
def _reference_names() -> dict[str, frozenset[str]]:
    """Partners and programmes that the reference knows."""
    with (REFERENCE / "partners.csv").open(encoding="utf-8", newline="") as file:
        partners = frozenset(row["partner_id"] for row in csv.DictReader(file))
    return {"partner": partners | frozenset(programmes().values()), "programme": frozenset(programmes())}
