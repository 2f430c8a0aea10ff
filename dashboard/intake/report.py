"""What became of each row of a file: published, collapsed, or quarantined with line, column and reason."""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboard.intake.commonest import alike, commonest, commonest_rows, in_words
from dashboard.intake.days import Orders
from dashboard.intake.identity import Identity
from dashboard.intake.scale import Progress
from dashboard.intake.words import fold
from dashboard.refusals import Refusal
from dashboard.warehouse.catalog import SourceCard

LONGEST_TEXT = 200
# A value that was not understood is shown up to this length: what is longer is free text, and may be about a person.
LONGEST_SHOWN = 60
LINES_SHOWN = 3
MOST_UNREAD = 200
# Every generated file carries these words somewhere in its first rows, whatever it is renamed to.
DEMONSTRATION_MARK = "Demonstration: simulated"
# A file states its day of capture, but in no form that can be read.
UNREADABLE = "?"
# Stands for the column where a whole row is set aside.
WHOLE_ROW = "(row)"
PLAIN = re.compile(r"-?\d{1,6}([.,]\d{1,4})?\s?%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ][\d:.]{4,15}Z?)?", re.ASCII)
WRITTEN_TO = re.compile(r"[^\s@]@[^\s@]|\+\d(?:[\s().\-/]*\d){7,}", re.ASCII)
BIDI_OVERRIDES = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Marks without width that no text needs: a byte-order mark in the middle of joined files, breaks and soft hyphens.
WITHOUT_WIDTH = set("\ufeff\u200b\u2060\u00ad")
UNSEEN = BIDI_OVERRIDES | WITHOUT_WIDTH
FORMULA_STARTS = tuple("=+-@\t\r\0＝＋－＠")
BEHIND_APOSTROPHE = (*FORMULA_STARTS, *"0123456789")


class FileRefused(Refusal):
    """The whole file cannot be taken in; the message states what was wanted, what was found and what to do.

    `asks` names the field of `Declared` by which the sender can answer, empty where nothing declared would help.
    """

    def __init__(self, message: str, asks: str = "") -> None:
        super().__init__(message)
        self.asks = asks


class RowRefused(Exception):
    """One row cannot be taken in."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


@dataclass(frozen=True)
class Quarantined:
    """One row that was set aside: `line` counts from 1 as an editor does, of several parts in the one of that name."""

    line: int
    column: str
    value: str
    reason: str
    file: str = ""


@dataclass(frozen=True)
class Unread:
    """A value that was not understood: how many rows have it, the first lines of them, what is kept instead.

    `value` is empty where it may be about a person.
    """

    column: str
    value: str
    rows: int
    lines: tuple[int, ...]
    kept_as: str
    file: str = ""


@dataclass(frozen=True)
class Commonest:
    """A value for which rows were set aside: how many, and the first line; empty where it may be about a person."""

    column: str
    reason: str
    value: str
    rows: int
    line: int
    file: str = ""


@dataclass(frozen=True)
class Report:
    """The account of one file: `rows_in` = `published` + `collapsed` + the quarantined rows.

    `erased` counts those of the collapsed rows that are about people who were erased: nothing of them is kept.
    `content` is the digest of what is kept: the same for the same rows, whichever program wrote the file. `kind` is
    what the file is, as declared or as it states itself; of corrected rows `corrects` is the file they were set aside
    of, and `lines`, like those of `quarantined`, are lines of that file.
    `unread` are values that were not understood, most frequent first. Of a source about people `people_in` =
    `people_published` + those of `people_set_aside` by reason; a row that is nobody's is one unknown person.
    """

    source: str
    file: str
    rows_in: int
    published: int
    collapsed: int
    quarantined: tuple[Quarantined, ...]
    dropped_columns: tuple[str, ...]
    notes: tuple[str, ...]
    captured_on: str = ""
    provenance: str = ""
    streams: tuple[str, ...] = ()
    learner_secret: str = ""
    erased: int = 0
    content: str = ""
    kind: str = ""
    corrects: str = ""
    lines: tuple[int, ...] = ()
    unread: tuple[Unread, ...] = ()
    people_in: int = 0
    people_published: int = 0
    people_set_aside: tuple[tuple[str, int], ...] = ()

    @property
    def commonest(self) -> list[Commonest]:
        """The values for which rows were set aside, most frequent first; those that are alike are one."""
        counted = commonest_rows(((row.column, row.reason), row.value) for row in self.quarantined)
        found = []
        for (_, value), places in counted.items():
            first = self.quarantined[places[0]]
            found.append(Commonest(first.column, first.reason, value, len(places), first.line, first.file))
        return found

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Reasons of quarantine with the rows of each, most frequent first."""
        return Counter(f"{row.column}: {row.reason}" for row in self.quarantined).most_common()

    @property
    def closing_line(self) -> str:
        """The line that accounts for every row."""
        return closing_line(self.rows_in, self.published, self.collapsed, len(self.quarantined))

    @property
    def people_line(self) -> str:
        """The line that accounts for every person of a file about people."""
        aside = ", ".join(f"{people} {reason}" for reason, people in self.people_set_aside)
        return (
            f"people in {self.people_in} = published {self.people_published} + set aside "
            f"{sum(people for _, people in self.people_set_aside)}{f' ({aside})' if aside else ''}"
        )

    def as_json(self) -> dict[str, Any]:
        """A plain dictionary for the manifest and between processes."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**plain, **{name: [vars(row) for row in plain[name]] for name in ("quarantined", "unread")}}

    @classmethod
    def from_json(cls, report: dict[str, Any]) -> "Report":
        """The report that `as_json` wrote."""
        report = dict(report)
        report["quarantined"] = tuple(Quarantined(**row) for row in report["quarantined"])
        report["dropped_columns"] = tuple(report["dropped_columns"])
        report["notes"] = tuple(report["notes"])
        report["streams"] = tuple(report["streams"])
        report["unread"] = tuple(
            Unread(**{**entry, "lines": tuple(entry["lines"])}) for entry in report.get("unread", ())
        )
        report["people_set_aside"] = tuple((reason, people) for reason, people in report.get("people_set_aside", ()))
        report["lines"] = tuple(report["lines"])
        return cls(**report)


def closing_line(rows_in: int, published: int, collapsed: int, quarantined: int) -> str:
    """How an import ends, word for word: scripts read it."""
    return f"rows in {rows_in} = published {published} + collapsed {collapsed} + quarantined {quarantined}"


@dataclass
class Ledger:
    """Where a reader writes while it goes through a file."""

    card: SourceCard
    rows_in: int = 0
    collapsed: int = 0
    published_rows: int = 0
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    captured_on: str = ""
    # Rows set aside because they are a part or a total of others: they state nothing against the rest of the file.
    parts: int = 0
    identity: Identity | None = None
    partner: str = ""
    programme: str = ""
    country: str = ""
    sector: str = ""
    zone: str = ""
    today: str = ""
    remarks: Counter[str] = field(default_factory=Counter)
    # Values that a row did not need and that could not be read, by header and reason.
    left_out: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    streams: set[tuple[str, ...]] = field(default_factory=set)
    # Places of columns that a reader uses beside those of the card.
    read_too: set[int] = field(default_factory=set)
    erased_marks: frozenset[str] = frozenset()
    erased: int = 0
    # Where a reader may put aside what does not fit into memory.
    folder: Path = Path()
    # Where records go that a reader gives as columns: a table, in the order of the card's `kept`.
    add: Callable[[Any], int] | None = None
    # What the sender declares: whether the file has no column of consent, and what progress of 0.45 is.
    no_consent_column: bool = False
    progress_scale: str = ""
    orders: Orders = field(default_factory=Orders)
    progress: Progress = field(default_factory=Progress)
    # Where the reader stands, and the columns, between commas, whose day may be read in two ways in this row.
    line: int = 0
    in_doubt: str = ""
    unread: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    people_in: int = 0
    people_published: int = 0
    people_set_aside: Counter[str] = field(default_factory=Counter)
    words_of_names: frozenset[str] = frozenset()

    def not_understood(self, column: str, value: str, line: int, kept_as: str) -> None:
        """Notes a value that was not understood and what is kept instead; the row stays."""
        shown = "" if self._is_hidden(column, value) or len(value) > LONGEST_SHOWN else value
        self.note_unread((column, shown, kept_as), [line])

    def note_unread(self, key: tuple[str, str, str], lines: Sequence[int]) -> None:
        """As `not_understood`, for a value that may be shown and the lines of rows that have it, in order."""
        counted = self.unread.setdefault(key, [0])
        counted[0] += len(lines)
        counted.extend(lines[: LINES_SHOWN + 1 - len(counted)])

    @property
    def left_out_notes(self) -> list[str]:
        """A note for each column and reason for which values were left out, with the commonest of them."""
        notes = []
        for (header, reason), values in sorted(self.left_out.items()):
            shown = Counter({value: rows for value, rows in values.items() if value})
            many = len(commonest(shown)) > 1
            single = f" ({next(iter(commonest(shown)))[0]})" if shown and not many else ""
            listed = f": {in_words(shown)}" if many else ""
            kept = "the row is kept" if not many else "the rows are kept"
            notes.append(f"{values.total()} rows: {header}{single}: {reason}; left out, {kept}{listed}")
        return notes

    def unread_values(self) -> tuple[Unread, ...]:
        """Values that were not understood, most frequent first; one that shares a word with a name is not shown.

        Those that are alike are one, as it is written most often.
        """
        unread: dict[tuple[str, str, str], list[tuple[str, int, list[int]]]] = {}
        for (column, value, kept_as), (rows, *lines) in self.unread.items():
            shown = value if set(fold(value).split()).isdisjoint(self.words_of_names) else ""
            unread.setdefault((column, alike(shown), kept_as), []).append((shown, rows, lines))
        counted = []
        for (column, _, kept_as), written in unread.items():
            value = max(written, key=lambda spelling: spelling[1])[0]
            all_lines = sorted(line for *_, some in written for line in some)
            rows_of_all = sum(spelling[1] for spelling in written)
            counted.append(Unread(column, value, rows_of_all, tuple(all_lines[:LINES_SHOWN]), kept_as))
        return tuple(sorted(counted, key=lambda entry: (-entry.rows, entry.column, entry.value))[:MOST_UNREAD])

    def is_erased(self, record: tuple[Any, ...]) -> bool:
        """Whether a record is about somebody who was erased."""
        if not self.erased_marks:
            return False
        return self.are_erased(record[at] for at, name in enumerate(self.card.kept) if name in ("id_key", "email_key"))

    def are_erased(self, keys: Iterable[str | None]) -> bool:
        """Whether one of the keys is that of somebody who was erased."""
        identity = self.identity
        return identity is not None and any(key and identity.mark(key) in self.erased_marks for key in keys)

    def drop_erased(self, record: tuple[Any, ...]) -> None:
        """Counts a row of somebody who was erased as collapsed; the file still speaks for the row's stream."""
        self.collapsed += 1
        self.erased += 1
        names = list(self.card.kept)
        self.streams.add(tuple(str(record[names.index(name)]) for name in self.card.stream))

    def publish(self, records: Sequence[tuple[Any, ...]]) -> None:
        """Keeps the records that one row of the file gives, each in the order of the card's `kept`."""
        self.published_rows += 1
        self.rows.extend(records)

    def publish_once(self, records: Any) -> None:
        """Keeps a table of records, one for each row of the file, in the card's columns; equal ones once."""
        assert self.add
        new = self.add(records)
        self.published_rows += new
        self.collapsed += records.num_rows - new

    def quarantine(self, line: int, column: str, value: str, reason: str) -> None:
        """Sets one row aside. The value of a personal column is not written down."""
        self.quarantined.append(Quarantined(line, *self.as_shown(column, value, reason)))

    def as_shown(self, column: str, value: str, reason: str) -> tuple[str, str, str]:
        """Column, value and reason as they may be written down of a row that is set aside."""
        # A row that came apart has its cells anywhere, those of personal and unknown columns too: nothing of it is
        # written down, and of a source about people only what is plainly a number or a day.
        hidden = (
            column == WHOLE_ROW
            or self._is_hidden(column, value)
            or (self.card.people and not PLAIN.fullmatch(value.strip()))
        )
        return column, "" if hidden else value[:LONGEST_TEXT], reason

    def _is_hidden(self, column: str, value: str) -> bool:
        """Whether a value may name a person: of a personal column, or an address, in any source."""
        return any(c.name == column and c.personal for c in self.card.columns) or holds_address(value)

    def balance(self) -> None:
        """Raises AssertionError when a row has been lost: a defect of the reader, not of the file."""
        accounted = self.published_rows + self.collapsed + len(self.quarantined)
        if accounted != self.rows_in:
            raise AssertionError(f"{self.card.name}: {self.rows_in} rows in, {accounted} accounted for.")


def clean(text: str) -> str:
    """The text as it may be kept: NFC, no control, bidi-override or zero-width characters, single spaces, trimmed."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = (c for c in unicodedata.normalize("NFC", text) if c not in UNSEEN)
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in kept).split())


def holds_address(text: str) -> bool:
    """Whether a person may be reached by it: an at sign of any width, or a telephone number with its country."""
    written = unicodedata.normalize("NFKC", text)
    return "@" in text or WRITTEN_TO.search(written) is not None


def harmless(text: str) -> str:
    """The text as a spreadsheet may open it: a leading formula sign is disarmed by an apostrophe."""
    return "'" + text if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS) else text


def as_sent(text: str) -> str:
    """The text without the apostrophe that `harmless` put before it, or a spreadsheet before what is a number."""
    return text[1:] if text.startswith("'") and text[1:].startswith(BEHIND_APOSTROPHE) else text


def write_quarantine(rows: Sequence[Quarantined], path: Path, files: Mapping[str, str] | None = None) -> None:
    """Writes the rows set aside as CSV: line, column, value, reason; before them, of several parts, the id of each."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)  # with other ends of lines it would leave a CR in a cell without quotes: a new line
        writer.writerow([*(["file"] if files else []), "line", "column", "value", "reason"])
        for row in rows:
            which = [files[row.file]] if files else []
            writer.writerow([*which, row.line, harmless(row.column), harmless(row.value), row.reason])
