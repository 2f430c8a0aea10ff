"""Checked records on their way into a Parquet file, typed as the source's card states, and what names their content."""

import datetime
import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.intake.spool import Spool
from dashboard.warehouse.catalog import SourceCard
from dashboard.warehouse.schema import snapshot_schema

# So many records are in memory at once, and stand together in the Parquet file.
GROUP_ROWS = 131_072
KEYS = ("id_key", "email_key")
KEY_LENGTH = 32
# Odd numbers without a pattern, one for each half of a record's hash; and what a missing value counts as.
FACTORS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
MISSING = np.uint64(0xA0761D6478BD642F)
HALF = np.uint64(32)

Halves = tuple[np.ndarray, np.ndarray]


def as_table(card: SourceCard, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """Records, each in the order of the card's `kept`, as columns."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(card.kept)
    fields = list(snapshot_schema(card))[: len(card.kept)]
    return pa.table(
        [pa.array(values, field.type) for values, field in zip(columns, fields, strict=True)], list(card.kept)
    )


class Aside:
    """Tables of the same columns, put aside in order: the last in memory, the others in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._writer: pa.ipc.RecordBatchStreamWriter | None = None
        self._last: pa.Table | None = None

    def add(self, table: pa.Table) -> None:
        """Puts one more table aside."""
        if self._last is not None:
            if self._writer is None:
                self._writer = pa.ipc.new_stream(str(self._file), self._last.schema)
            self._writer.write_table(self._last)
        self._last = table.unify_dictionaries().combine_chunks()

    def tables(self) -> Iterator[pa.Table]:
        """All of them; afterwards there is none."""
        if self._writer is not None:
            self._writer.close()
            with pa.OSFile(str(self._file)) as file:
                for batch in pa.ipc.open_stream(file):
                    yield pa.table([*batch.columns], batch.schema.names)
            self._file.unlink()
        if self._last is not None:
            yield self._last
        self._writer = self._last = None


class Records:
    """The records of one file, put aside as they come and written to `rows.parquet` in a folder at the end.

    Args:
        card: of the source.
        folder: where the file is written.
        ends: gives the day of capture and the provenance of all records, when all were added.

    Attributes:
        rows: how many there are.
        streams: what the columns that the card calls its stream hold.
    """

    def __init__(self, card: SourceCard, folder: Path, ends: Callable[[], tuple[str, str]]) -> None:
        self.card, self.rows = card, 0
        self.streams: set[tuple[str, ...]] = set()
        self._path, self._ends = folder / "rows.parquet", ends
        self._writer: pq.ParquetWriter | None = None
        # Which records stand before word for word; nothing where none is left out.
        self._twice = np.empty(0, dtype=bool)
        self._aside = Aside(folder / "records.arrow")
        self._hashes = Spool(folder / "hashes", {"first": np.uint64, "second": np.uint64, "row": np.int64})

    def add(self, table: pa.Table) -> int:
        """Adds records, of which text may be coded; returns how many."""
        table = table.unify_dictionaries().combine_chunks()
        if table.num_rows:
            first, second = row_hashes(table)
            self._hashes.add(first=first, second=second, row=np.arange(self.rows, self.rows + table.num_rows))
            self._aside.add(table)
            self.rows += table.num_rows
            if at := list(self.card.stream):
                rows = table.select(at).group_by(at).aggregate([]).to_pylist()
                self.streams |= {tuple(str(row[name]) for name in at) for row in rows}
        return table.num_rows

    def keep_once(self) -> int:
        """Leaves out each record that stands before word for word; returns how many these are."""
        twice = np.zeros(self.rows, dtype=bool)
        for rows in self._hashes.by("first"):
            order = np.argsort(rows["first"], kind="stable")
            first, second, row = (rows[name][order] for name in ("first", "second", "row"))
            twice[row[1:][(first[1:] == first[:-1]) & (second[1:] == second[:-1])]] = True
        self._twice = twice
        self.rows -= int(twice.sum())
        return int(twice.sum())

    def close(self) -> str:
        """Writes the file; returns what names its content, whatever the order, encoding and layout of what was sent."""
        first_row = 0
        for table in self._aside.tables():
            twice = self._twice[first_row : first_row + table.num_rows]
            first_row += table.num_rows
            kept = table.filter(pa.array(~twice)) if twice.any() else table
            if kept.num_rows:
                self._write(kept)
        if self._writer is None:
            self._write(as_table(self.card, []))
        assert self._writer
        self._writer.close()
        whole = hashlib.sha256("".join(f"{end}\0" for end in self._ends()).encode())
        seconds = Spool(self._path.with_name("seconds"), {"second": np.uint64})
        for rows in self._hashes.by("first"):
            rows = rows[~self._twice[rows["row"]]] if len(self._twice) else rows
            rows = rows[np.argsort(rows["first"], kind="stable")]
            whole.update(rows["first"].astype("<u8").tobytes())
            seconds.add(second=rows["second"])
        for rows in seconds.blocks():
            whole.update(rows["second"].astype("<u8").tobytes())
        seconds.close()
        self._hashes.close()
        return whole.hexdigest()

    def _write(self, table: pa.Table) -> None:
        captured_on, provenance = self._ends()
        ends = (pa.scalar(datetime.date.fromisoformat(captured_on), pa.date32()), pa.scalar(provenance, pa.string()))
        ending = [pa.repeat(end, table.num_rows) for end in ends]
        whole = pa.table([*table.columns, *ending], snapshot_schema(self.card).names)
        if self._writer is None:
            # Text that is coded here is text like any other to whoever reads the file. No two keys are alike in much,
            # so no list of them and no least or greatest one is of use.
            others = [name for name in whole.column_names if name not in KEYS]
            self._writer = pq.ParquetWriter(
                self._path,
                whole.schema,
                compression="zstd",
                store_schema=False,
                use_dictionary=others,
                write_statistics=others,
            )
        self._writer.write_table(whole, GROUP_ROWS)


def row_hashes(table: pa.Table) -> Halves:
    """Two halves of a hash of each row that depends on its values alone: equal rows have the same, others differ."""
    halves = (np.zeros(table.num_rows, np.uint64), np.zeros(table.num_rows, np.uint64))
    for name, column in zip(table.column_names, table.columns, strict=True):
        of_values = _value_hashes(name, column.combine_chunks() if column.num_chunks != 1 else column.chunk(0))
        for half, factor, of_value in zip(halves, FACTORS, of_values, strict=True):
            half ^= of_value
            half *= factor
            half ^= half >> HALF
    return halves


def _value_hashes(name: str, column: pa.Array) -> Halves:
    if pa.types.is_dictionary(column.type) or pa.types.is_string(column.type):
        first, second = _keys(column) if name in KEYS else _texts(column)
    else:
        first = second = _number(column)
    if not column.null_count:
        return first, second
    missing = column.is_null().to_numpy(zero_copy_only=False)
    return np.where(missing, MISSING, first), np.where(missing, MISSING, second)


def _number(column: pa.Array) -> np.ndarray:
    plain = column.fill_null(False if pa.types.is_boolean(column.type) else 0) if column.null_count else column
    if pa.types.is_date32(plain.type):
        plain = plain.cast(pa.int32())
    values = plain.to_numpy(zero_copy_only=False)
    mixed = values.view(np.uint64) if values.dtype == np.float64 else values.astype(np.int64).view(np.uint64)
    mixed = (mixed ^ (mixed >> HALF)) * FACTORS[0]
    return mixed ^ (mixed >> HALF)


def _texts(column: pa.Array) -> Halves:
    """Hashes of text by those of each different one; any number for one that is missing."""
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    digests = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in coded.dictionary.to_pylist()]
    halves = np.frombuffer(b"".join([*digests, bytes(16)]), "<u8").reshape(-1, 2)
    codes = coded.indices.fill_null(len(digests)).to_numpy()
    return halves[codes, 0], halves[codes, 1]


def _keys(column: pa.Array) -> Halves:
    """Keys are hashes already: each half is made of one of theirs."""
    keys = column.fill_null("0" * KEY_LENGTH).cast(pa.binary()).cast(pa.binary(KEY_LENGTH))
    words = np.frombuffer(keys.buffers()[1], "<u8").reshape(-1, KEY_LENGTH // 8)
    words = words[keys.offset : keys.offset + len(keys)]
    return words[:, 0] * FACTORS[0] + words[:, 1], words[:, 2] * FACTORS[1] + words[:, 3]
