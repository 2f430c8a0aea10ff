"""How a part of an export, or corrected rows of one, joins what the store holds of it already: rows and account.

Nothing is changed in place: what comes out is a new snapshot that stands instead of those it was made of. It is the
same whatever the order in which the parts and the corrections came.
"""

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.refusals import Refusal

WHOLE, PART, CORRECTIONS = "whole", "part", "corrections"
# What a file is when its sender does not state: the whole export, unless the store holds it as a part already.
UNSAID = ""
ROWS, SET_ASIDE = "rows.parquet", "quarantine.csv"
# What an account states of one file alone: the digest of its rows, its people, values that were not understood.
OF_ONE_FILE = ("content", "people_in", "people_published", "people_set_aside", "unread")
NAMED_BY = 8
DEMO = "-demo"
SET_ASIDE_COLUMNS = ("file", "line", "column", "value", "reason")


class NothingToCorrect(Refusal):
    """Corrected rows came of a file that the store does not hold, or of lines that were not set aside."""


@dataclass(frozen=True)
class Arrival:
    """A checked file on its way into the store: a folder with `rows.parquet` and `quarantine.csv`, and its account.

    `digest` names the file's bytes and how they were read. `kind` states what the file is: the whole export, a part of
    one, or corrected rows of the file `corrects`, by the name of its snapshot; `lines` are then the lines of that file
    which it holds. `together` are the digests of files that were sent as one export. `erased` is the list of those
    whose rows were left out, None where nobody is.
    """

    source: str
    captured_on: str
    provenance: str
    digest: str
    folder: Path
    account: Mapping[str, Any]
    kind: str = UNSAID
    corrects: str = ""
    lines: tuple[int, ...] = ()
    together: frozenset[str] = frozenset()
    erased: frozenset[str] | None = None
    # Digests of the files that were read as one; none of one file alone.
    parts: tuple[str, ...] = ()

    @property
    def digests(self) -> frozenset[str]:
        """Of the files it is."""
        return frozenset(self.parts or (self.digest,))

    @property
    def streams(self) -> frozenset[str]:
        """What it reports, in the units in which a newer export replaces an older one."""
        return frozenset(self.account.get("streams", ()))

    @property
    def file_id(self) -> str:
        """The file in which its lines stand: itself, or the one that it corrects."""
        return self.corrects or str(FileId(self.captured_on, self.digest, self.provenance == "demo"))

    def among(self, together: frozenset[str], is_first: bool) -> "Arrival":
        """The file as one of several that are one export: the first replaces what stands, the others join it."""
        if len(together) < 2 or self.kind == CORRECTIONS:
            return self
        return replace(self, kind=WHOLE if is_first else PART, together=together)


@dataclass(frozen=True)
class FileId:
    """How corrected rows name the file they were set aside of: as its snapshot, or its proposal, is called."""

    captured_on: str
    digest: str
    is_demo: bool

    @classmethod
    def read(cls, written: str) -> "FileId":
        """Of a name such as 2023-05-31-b706663c, or 2023-05-31-b706663c-demo."""
        name = written.removesuffix(DEMO)
        day, _, digest = name.rpartition("-")
        return cls(day, digest, name != written)

    def __str__(self) -> str:
        """The name."""
        return f"{self.captured_on}-{self.digest[:NAMED_BY]}{DEMO if self.is_demo else ''}"


@dataclass(frozen=True)
class Held:
    """A snapshot that the arrival joins: where it lies, its day, whether it is invented, and its account."""

    folder: Path
    captured_on: str
    is_demo: bool
    account: Mapping[str, Any]

    @property
    def parts(self) -> tuple[str, ...]:
        """Digests of the files it was made of."""
        return tuple(self.account.get("parts") or (self.account["sha256"],))


def joined_digest(parts: Sequence[str], corrections: Sequence[str]) -> str:
    """Names a snapshot that was made of several files; of one file, its own digest."""
    if len(parts) == 1 and not corrections:
        return parts[0]
    return hashlib.sha256("\0".join([*sorted(parts), "", *sorted(corrections)]).encode()).hexdigest()


def open_lines(held: Held) -> dict[str, frozenset[int]]:
    """The lines set aside in a snapshot that nobody corrected yet, by the file in which they stand."""
    lines: dict[str, set[int]] = {digest[:NAMED_BY]: set() for digest in held.parts}
    for row in _set_aside(held.folder, held.parts[0]):
        lines[row["file"]].add(int(row["line"]))
    return {str(FileId(held.captured_on, digest, held.is_demo)): frozenset(lines) for digest, lines in lines.items()}


def joined_of(bases: Sequence[Held], arrival: Arrival) -> tuple[list[str], list[str]]:
    """Digests of the files that the arrival and what it joins are made of, and of those with corrected rows."""
    parts = {digest for base in bases for digest in base.parts}
    corrections = {correction for base in bases for correction in base.account.get("corrections", ())}
    if arrival.kind == CORRECTIONS:
        corrections.add(arrival.digest)
    else:
        parts |= arrival.digests
    return sorted(parts), sorted(corrections)


def join(bases: Sequence[Held], arrival: Arrival, fresh: Path) -> dict[str, Any]:
    """Writes the rows and the lines set aside of all together into `fresh`; returns the account of the new snapshot.

    Raises:
        NothingToCorrect: corrected rows of lines that were not set aside.
    """
    is_correction = arrival.kind == CORRECTIONS
    before = [base.account for base in bases]
    parts, corrections = joined_of(bases, arrival)
    set_aside = [row for base in bases for row in _set_aside(base.folder, base.parts[0])]
    if is_correction:
        set_aside = _without_corrected(set_aside, arrival)
    own = FileId.read(arrival.corrects).digest if is_correction else arrival.digest
    set_aside += _set_aside(arrival.folder, own)
    _write_set_aside(set_aside, fresh / SET_ASIDE)
    records = [pq.read_table(folder / ROWS) for folder in [*(base.folder for base in bases), arrival.folder]]
    twice = sum(table.num_rows for table in records) - _write_once(records, fresh / ROWS)
    every = [*before, arrival.account]
    account = {
        **arrival.account,
        "file": "",
        "parts": parts,
        "corrections": corrections,
        "sha256": joined_digest(parts, corrections),
        "rows_in": sum(account_joined["rows_in"] for account_joined in (before if is_correction else every)),
        "quarantined": len(set_aside),
        "streams": sorted(arrival.streams.union(*(account_joined.get("streams", ()) for account_joined in before))),
        "dropped_columns": _distinct_entries(every, "dropped_columns"),
        "notes": _distinct_entries(every, "notes"),
        "erased": sum(account_joined.get("erased", 0) for account_joined in every),
    }
    for name in OF_ONE_FILE:
        account.pop(name, None)
    names = {id_: name for account_joined in every for id_, name in account_joined.get("part_names", {}).items()}
    account |= {"part_names": names} if names else {}
    # A row of some lists is kept as several records: what is held twice is counted in rows again.
    per_row = max(1.0, records[-1].num_rows / max(1, arrival.account["published"]))
    account["published"] = sum(account_joined["published"] for account_joined in every) - int(twice / per_row)
    account["collapsed"] = account["rows_in"] - account["published"] - account["quarantined"]
    return account


def _write_once(tables: Sequence[pa.Table], path: Path) -> int:
    """Writes each record of the tables once, in an order of their own; returns how many these are."""
    together = pa.concat_tables(tables)
    rows = together.group_by(together.column_names).aggregate([])
    rows = rows.sort_by([(name, "ascending") for name in rows.column_names])
    pq.write_table(rows.cast(together.schema), path, compression="zstd")
    return rows.num_rows


def _set_aside(folder: Path, digest: str) -> list[dict[str, str]]:
    """The rows set aside in a folder, each with the file in which its line stands: of several it states which."""
    with (folder / SET_ASIDE).open(encoding="utf-8", newline="") as file:
        return [{"file": digest[:NAMED_BY], **row} for row in csv.DictReader(file)]


def _without_corrected(set_aside: list[dict[str, str]], arrival: Arrival) -> list[dict[str, str]]:
    """What stays set aside of the file that is corrected, beside what the arrival sets aside again."""
    file, lines = FileId.read(arrival.corrects).digest, {str(line) for line in arrival.lines}
    left = [row for row in set_aside if row["file"] != file or row["line"] not in lines]
    if len(set_aside) - len(left) != len(lines):
        raise NothingToCorrect(
            f"{len(lines)} corrected rows came of the file {arrival.corrects}, of which {len(set_aside) - len(left)} "
            "are set aside now. Somebody corrected others meanwhile: take the rows set aside again, and correct those."
        )
    return left


def _write_set_aside(rows: Sequence[Mapping[str, str]], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, SET_ASIDE_COLUMNS)
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["file"], int(row["line"]))))


def _distinct_entries(accounts: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    return list(dict.fromkeys(entry for account in accounts for entry in account.get(name, ())))
