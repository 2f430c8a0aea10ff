"""How fresh each source is: its newest capture against how often one should come, and what became of each file.

`freshness` is the only rule of what is late. What a viewer may see of all this is `dashboard/health.py`; nothing here
reads a value of a row. What cannot be read is a `Trouble` with its reason, and the rest is answered all the same.
"""

import csv
import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.store import audit_log
from dashboard.store.audit_log import AuditBroken, entries
from dashboard.store.fetches import FetchState, fetch_states
from dashboard.store.joining import SET_ASIDE, FileId
from dashboard.store.protocol import MANIFEST, StoreDamaged, named_files, read_manifest, sha256
from dashboard.store.retention import months_before
from dashboard.store.snapshots import VERSION, Snapshot, read_snapshot, standing
from dashboard.warehouse.catalog import SourceCard, sources

FRESH, DUE, OVERDUE, AHEAD = "fresh", "due", "overdue", "ahead"
STOPPED, NOT_EXPECTED, DEMONSTRATION, MISSING = "stopped", "not_expected", "demonstration", "missing"
# The most urgent first.
FRESHNESS = (OVERDUE, AHEAD, DUE, FRESH, STOPPED, MISSING, NOT_EXPECTED, DEMONSTRATION)
# A capture is overdue when it is older than 3 / 2 of the days after which another one should come.
GRACE = (3, 2)
# A partner's stream that is silent for so long is no longer expected: its programme has ended, or somebody knows why.
STOPPED_AFTER_MONTHS = 13
# A publisher's day may have begun while it is still the day before in UTC.
DAY_AHEAD = 1
# Columns of which the first states who sends a stream of its own; of other lists each record is a stream.
SENDERS = ("partner_id", "reported_by")
NOT_DONE = "not done: "


def is_by_sender(card: SourceCard) -> bool:
    """Whether each partner sends its own file, so that each is early or late by itself."""
    return card.stream[:1] in ((SENDERS[0],), (SENDERS[1],)) and (card.people or card.stream[0] == SENDERS[1])


def freshness(
    captured_on: datetime.date, provenance: str, every_days: int, today: datetime.date, is_a_senders: bool = False
) -> str:
    """How a capture stands on a day.

    Args:
        captured_on: the day until which the file reports, from which its age counts.
        provenance: of the file; a demonstration is never late.
        every_days: how often a capture should come; 0 where none is expected.
        today: the day, UTC.
        is_a_senders: whether it is the stream of one partner, which may end.
    """
    age, (most, of) = (today - captured_on).days, GRACE
    if provenance == "demo":
        return DEMONSTRATION
    if age < -DAY_AHEAD:
        return AHEAD
    if not every_days:
        return NOT_EXPECTED
    if age <= every_days:
        return FRESH
    if age * of <= every_days * most:
        return DUE
    if is_a_senders and captured_on < months_before(today, STOPPED_AFTER_MONTHS):
        return STOPPED
    return OVERDUE


def overdue_from(captured_on: datetime.date, every_days: int) -> datetime.date:
    """The first day on which a capture is overdue."""
    most, of = GRACE
    return captured_on + datetime.timedelta(every_days * most // of + 1)


@dataclass(frozen=True)
class Trouble:
    """What could not be read, in words, and the source that it is of; empty where it is of all."""

    source: str
    words: str


@dataclass(frozen=True)
class Reason:
    """Why rows were set aside, as the file's report has it: the column, the reason, how many rows."""

    column: str
    reason: str
    rows: int


@dataclass(frozen=True)
class Account:
    """What became of the rows of one file: `rows_in` = `published` + `collapsed` + `set_aside`."""

    rows_in: int
    published: int
    collapsed: int
    set_aside: int
    folder: Path = field(repr=False, compare=False)


@dataclass(frozen=True)
class Capture:
    """One file as it was kept; `account` is None for those who may not see it, as are `sent_by` and `name` empty."""

    name: str
    captured_on: datetime.date
    imported_at: str
    provenance: str
    streams: frozenset[str] = frozenset()
    account: Account | None = None
    sent_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """A file that waits to be published: what it holds, whose rows these are, who brought it in and when."""

    streams: frozenset[str]
    partners: frozenset[str]
    who: str
    at: str


@dataclass(frozen=True)
class StreamHealth:
    """A source, or what one partner sends of it: `captures` oldest first, and how the newest stands.

    `stream` is empty for a source as a whole, else partner or partner/programme. `rows` are those of the stream that
    the newest capture holds, None where they are not known or not shown. `folded` are the streams that it stands for.
    """

    source: str
    stream: str
    freshness: str
    age_days: int | None
    every_days: int
    captures: tuple[Capture, ...]
    rows: int | None = None
    fetch: FetchState | None = None
    waiting: tuple[Waiting, ...] = ()
    folded: int = 1

    @property
    def newest(self) -> Capture | None:
        """The newest capture; None where none ever came."""
        return self.captures[-1] if self.captures else None

    @property
    def partner(self) -> str:
        """Who sends it; empty for a source as a whole."""
        return self.stream.partition("/")[0]

    @property
    def programme(self) -> str:
        """Of which programme it is, if of one."""
        return self.stream.partition("/")[2]

    @property
    def shares_file(self) -> bool:
        """Whether its newest file holds other streams too, so that what was set aside of it is nobody's alone."""
        return bool(self.stream) and self.newest is not None and len(self.newest.streams) > 1

    @property
    def set_aside(self) -> int | None:
        """Rows set aside of the newest file; None where they are not known, not shown, or not of this stream alone."""
        account = self.newest.account if self.newest and not self.shares_file else None
        return account.set_aside if account else None

    @property
    def is_expected(self) -> bool:
        """Whether a next capture should come by a day that is known."""
        return self.freshness in (FRESH, DUE, OVERDUE)

    @property
    def next_expected(self) -> datetime.date | None:
        """The day until which the next capture should come."""
        if not self.is_expected or not self.newest:
            return None
        return self.newest.captured_on + datetime.timedelta(self.every_days)

    @property
    def overdue_since(self) -> datetime.date | None:
        """The first day on which it was overdue; None where it is not."""
        if self.freshness != OVERDUE or not self.newest:
            return None
        return overdue_from(self.newest.captured_on, self.every_days)

    @property
    def is_failing(self) -> bool:
        """Whether fetching it failed so often in a row that people should see it."""
        return self.fetch is not None and self.fetch.is_failing


@dataclass(frozen=True)
class Health:
    """Every stream of every source, the most urgent first, and what could not be read."""

    streams: tuple[StreamHealth, ...]
    troubles: tuple[Trouble, ...]

    @property
    def needs_attention(self) -> bool:
        """Whether something is overdue, dated ahead, failing or unreadable."""
        late = any(stream.freshness in (OVERDUE, AHEAD) or stream.is_failing for stream in self.streams)
        return late or bool(self.troubles)


def health(store: Path, today: datetime.date, with_senders: bool = True) -> Health:
    """How every source of the store stands on a day, for stewards: others see it through `dashboard/health.py`.

    Without `with_senders` the audit log, which is long in an old store, is not read.
    """
    troubles: list[Trouble] = []
    fetches = _fetches(store, troubles)
    senders = _senders(store, troubles) if with_senders else {}
    came = {name: _captures(store, name, troubles) for name in sources()}
    real = {
        sources()[name].group
        for name, kept_files in came.items()
        if any(kept_file.snapshot.provenance != "demo" for kept_file in kept_files)
    }
    streams: list[StreamHealth] = []
    for name, card in sources().items():
        wait = _waiting(store, name, troubles)
        mine: dict[str, list[tuple[_Kept, Capture]]] = {}
        for kept in came[name]:
            if card.group not in real or kept.snapshot.provenance != "demo":
                pair = kept, _capture(kept, senders, troubles)
                for stream in (is_by_sender(card) and kept.snapshot.streams) or [""]:
                    mine.setdefault(stream, []).append(pair)
        if is_by_sender(card):
            for stream in frozenset[str]().union(*(file.streams for file in wait)):
                mine.setdefault(stream, [])
        for stream, pairs in (mine or {"": []}).items():
            newest = pairs[-1] if pairs else None
            streams.append(
                StreamHealth(
                    source=name,
                    stream=stream,
                    freshness=_freshness(newest[1] if newest else None, card, today, stream),
                    age_days=(today - newest[1].captured_on).days if newest else None,
                    every_days=card.every_days,
                    captures=tuple(capture for _, capture in pairs),
                    rows=_rows(newest[0].snapshot, newest[1], card, stream, troubles) if newest else None,
                    fetch=fetches.get(name),
                    waiting=tuple(file for file in wait if not stream or stream in file.streams),
                )
            )
    return Health(tuple(sorted(streams, key=urgency)), tuple(dict.fromkeys(troubles)))


def urgency(stream: StreamHealth) -> tuple[int, int, str, str]:
    """Orders streams: overdue first, and among those of one kind the oldest."""
    return FRESHNESS.index(stream.freshness), -(stream.age_days or 0), stream.source, stream.stream


def folded(streams: Iterable[StreamHealth]) -> list[StreamHealth]:
    """The streams in their order, those of a source's demonstration as one: invented partners are nobody's streams."""
    by_stream: dict[tuple[str, str], list[StreamHealth]] = {}
    for stream in streams:
        by_stream.setdefault((stream.source, "" if stream.freshness == DEMONSTRATION else stream.stream), []).append(
            stream
        )
    return [_folded_stream(several) if len(several) > 1 else several[0] for several in by_stream.values()]


def _folded_stream(several: Sequence[StreamHealth]) -> StreamHealth:
    captures = dict.fromkeys(capture for stream in several for capture in stream.captures)
    newest = min(several, key=lambda stream: stream.age_days or 0)
    rows = [stream.rows for stream in several]
    return replace(
        newest,
        stream="",
        captures=tuple(sorted(captures, key=lambda capture: (capture.captured_on, capture.imported_at))),
        rows=None if None in rows else sum(count or 0 for count in rows),
        waiting=tuple(dict.fromkeys(wait for stream in several for wait in stream.waiting)),
        folded=len(several),
    )


def set_aside_by_reason(account: Account) -> tuple[Reason, ...]:
    """Reasons for which rows of a file were set aside, the commonest first; all rows of its manifest are in them.

    Raises:
        StoreDamaged: the list is not the one that was kept, or does not add up to what the manifest has.
    """
    return _reasons(account.folder, account.set_aside) if account.set_aside else ()


@lru_cache(maxsize=2_000)
def _reasons(folder: Path, set_aside: int) -> tuple[Reason, ...]:
    path = folder / SET_ASIDE
    try:
        entry = named_files(folder, read_manifest(folder)).get(SET_ASIDE, {})
        if sha256(path) != entry.get("sha256"):
            raise StoreDamaged(f"{path} is not the file that was kept (its sha256 differs).")
        with path.open(encoding="utf-8", newline="") as file:
            counted = Counter((row["column"], row["reason"]) for row in csv.DictReader(file))
    except (OSError, ValueError, KeyError) as wrong:
        raise StoreDamaged(f"{path} cannot be read ({type(wrong).__name__}).") from wrong
    if counted.total() != set_aside:
        raise StoreDamaged(f"{path} lists {counted.total()} rows, and the manifest beside it {set_aside}.")
    return tuple(Reason(column, reason, rows) for (column, reason), rows in counted.most_common())


def _freshness(newest: Capture | None, card: SourceCard, today: datetime.date, stream: str) -> str:
    if newest:
        return freshness(newest.captured_on, newest.provenance, card.every_days, today, bool(stream))
    return MISSING if card.every_days else NOT_EXPECTED


@dataclass(frozen=True)
class _Kept:
    """What the manifest of a snapshot, or of a file that waits, states: its account is None where it has none."""

    snapshot: Snapshot
    account: Account | None
    partners: frozenset[str]
    proposed_by: str


def _read(folder: Path) -> _Kept:
    """What a folder holds, read once for each state of its manifest.

    Raises:
        StoreDamaged: it cannot be read.
    """
    try:
        stat = (folder / MANIFEST).stat()
        mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    except OSError:
        mark = (0, 0, 0)
    return _read_once(folder, mark)


@lru_cache(maxsize=20_000)
def _read_once(folder: Path, mark: tuple[int, int, int]) -> _Kept:
    manifest = read_manifest(folder)
    counts = [manifest.get("input", {}).get(name) for name in ("rows_in", "published", "collapsed", "quarantined")]
    rows_in, published, collapsed, set_aside = (count if isinstance(count, int) else None for count in counts)
    account = None
    if rows_in is not None and published is not None and collapsed is not None and set_aside is not None:
        account = Account(rows_in, published, collapsed, set_aside, folder)
    partners = frozenset(map(str, manifest.get("partners", ())))
    return _Kept(read_snapshot(folder), account, partners, str(manifest.get("proposed_by", "")))


def _captures(store: Path, source: str, troubles: list[Trouble]) -> list[_Kept]:
    """Every snapshot of a source that can be read, oldest first; each other one is a trouble."""
    kept_files = _readable_files(store, "snapshots", source, troubles)
    return sorted(kept_files, key=lambda kept_file: (kept_file.snapshot.captured_on, kept_file.snapshot.order))


def _readable_files(store: Path, kind: str, source: str, troubles: list[Trouble]) -> list[_Kept]:
    kept_files = []
    for folder in _folders(store, kind, source, troubles):
        try:
            kept_files.append(_read(folder))
        except StoreDamaged as damaged:
            troubles.append(Trouble(source, str(damaged)))
    return kept_files


def _capture(kept: _Kept, senders: Mapping[str, str], troubles: list[Trouble]) -> Capture:
    snapshot = kept.snapshot
    day, is_demo = snapshot.captured_on.isoformat(), snapshot.provenance == "demo"
    known_as = [
        f"{snapshot.source}.{_name(snapshot)}",
        *(f"{snapshot.source}.{FileId(day, digest, is_demo)}" for digest in snapshot.parts),
    ]
    if not kept.account:
        words = f"{snapshot.folder} does not state what became of its rows. Import the file again."
        troubles.append(Trouble(snapshot.source, words))
    return Capture(
        name=snapshot.folder.name,
        captured_on=snapshot.captured_on,
        imported_at=snapshot.imported_at,
        provenance=snapshot.provenance,
        streams=snapshot.streams,
        account=kept.account,
        sent_by=tuple(sorted({senders[name] for name in known_as if name in senders})),
    )


def _name(snapshot: Snapshot) -> str:
    """The name under which it came in, before an erasure."""
    version = VERSION.fullmatch(snapshot.folder.name)
    return version["name"] if version else snapshot.folder.name


def _rows(snapshot: Snapshot, capture: Capture, card: SourceCard, stream: str, troubles: list[Trouble]) -> int | None:
    """Rows of the stream in a capture: those of its file, or of its part of a file with several."""
    if not stream or snapshot.streams == {stream}:
        return capture.account.published if capture.account else None
    try:
        return _rows_by_stream(snapshot.rows_file, snapshot.digest, card.stream).get(stream, 0)
    except (OSError, pa.ArrowException, KeyError) as wrong:
        troubles.append(Trouble(card.name, f"{snapshot.rows_file} cannot be read ({type(wrong).__name__})."))
        return None


@lru_cache(maxsize=500)
def _rows_by_stream(rows_file: Path, digest: str, columns: tuple[str, ...]) -> dict[str, int]:
    table = pq.read_table(rows_file, columns=list(columns)).group_by(list(columns)).aggregate([([], "count_all")])
    return {"/".join(str(row[name]) for name in columns): row["count_all"] for row in table.to_pylist()}


def _waiting(store: Path, source: str, troubles: list[Trouble]) -> list[Waiting]:
    """Files of a source that wait to be published: proposals, which lie beside the snapshots and look like them."""
    return [
        Waiting(file.snapshot.streams, file.partners, file.proposed_by, file.snapshot.imported_at)
        for file in _readable_files(store, "proposals", source, troubles)
    ]


def _folders(store: Path, kind: str, source: str, troubles: list[Trouble]) -> Sequence[Path]:
    try:
        return standing(store / kind / source)
    except OSError as wrong:
        troubles.append(Trouble(source, f"{store / kind / source} cannot be read ({wrong.strerror})."))
        return ()


def _fetches(store: Path, troubles: list[Trouble]) -> Mapping[str, FetchState]:
    try:
        return fetch_states(store)
    except StoreDamaged as damaged:
        troubles.append(Trouble("", str(damaged)))
        return {}


def _senders(store: Path, troubles: list[Trouble]) -> Mapping[str, str]:
    """Who sent each file, by source.name, from the audit log; a log that does not hold is a trouble."""
    log, head = store / audit_log.FOLDER / audit_log.LOG, store / audit_log.FOLDER / audit_log.HEAD
    try:
        marks = [(stat.st_size, stat.st_mtime_ns) for stat in (path.stat() for path in (log, head) if path.exists())]
        senders, words = _recorded_senders(store, tuple(marks))
    except OSError as wrong:
        senders, words = {}, f"{log} cannot be read ({wrong.strerror}), so who sent a file is not known."
    if words:
        troubles.append(Trouble("", words))
    return senders


@lru_cache(maxsize=4)
def _recorded_senders(store: Path, marks: tuple[tuple[int, int], ...]) -> tuple[Mapping[str, str], str]:
    """Senders by file, and why they may be wrong; worked out once for each length and time of the log."""
    try:
        audit_log.verify(store)
        words = ""
    except (AuditBroken, StoreDamaged) as broken:
        words = f"Who sent a file may be wrong, since the audit log is damaged. {broken}"
    except OSError as wrong:  # such as a store that takes no writes, where the log cannot be locked
        words = f"Who sent a file may be wrong, since the audit log could not be checked ({wrong.strerror})."
    return _senders_of(entries(store)), words


def _senders_of(lines: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Who brought in each file, by source.name; what was recorded and then not done is left out."""
    sender_of: dict[str, str] = {}
    for line in lines:
        what, who, event = (str(line.get(key, "")) for key in ("what", "who", "event"))
        if event == "upload":
            sender_of[what.partition(",")[0].replace(" ", ".", 1)] = who
        elif event == "proposal" and what.startswith(NOT_DONE):
            sender_of.pop(what.removeprefix(NOT_DONE), None)
        elif event == "proposal":
            sender_of[what] = who
    return sender_of
