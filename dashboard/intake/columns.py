"""The rows of a table as columns of text, some thousand rows at a time.

A CSV is parsed by Arrow as far as every quote in it stands where CSV has one: there it reads what `csv_rows` reads.
From a record on in which one does not, some records are read by hand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from dashboard.intake.csv_text import (
    LINE_FEED,
    PART_LINES,
    Row,
    Text,
    lines_of,
    naming,
    refuse_swallowed,
    rows_of_lines,
)
from dashboard.intake.report import as_sent
from dashboard.intake.tabular import Table

ROWS_BY_HAND = 1_000
ROWS_OF_A_BATCH = 10_000
# The longest cell that the csv module reads: a longer record is left to it.
LONGEST_RECORD = 131_072
# The end of a record that is open is looked for within so many bytes, and then by hand.
LONGEST_OPEN = 2**20
QUOTE = ord('"')


@dataclass(frozen=True)
class Batch:
    """Rows as columns: the line each begins on, the cells of each column of the card that the file has, all as long.

    `misfits` are further rows, which have more cells than the header or fewer.
    """

    lines: np.ndarray
    columns: Mapping[str, pa.Array]
    misfits: Sequence[Row] = ()

    def further(self, lines: int) -> "Batch":
        """The batch as if so many lines stood before it."""
        misfits = [replace(row, line=row.line + lines) for row in self.misfits]
        return replace(self, lines=self.lines + lines, misfits=misfits)


def batches(table: Table) -> Iterator[Batch]:
    """The rows of a table, in order but for those that do not fit.

    Raises:
        FileRefused: the text is not CSV from some line on, or a quote has swallowed rows.
    """
    if table.texts:
        for number, text in enumerate(table.texts):
            with naming(text.name):
                for batch in _Parser(table).batches(text):
                    yield batch.further(number * PART_LINES) if number else batch
        return
    while some := list(islice(table.rows, ROWS_OF_A_BATCH)):
        yield _of_rows(some, table)


def _of_rows(rows: Sequence[Row], table: Table) -> Batch:
    width = len(table.header)
    fitting = [row for row in rows if len(row.cells) == width]
    return Batch(
        np.array([row.line for row in fitting], dtype=np.int64),
        {name: pa.array([row.cells[at] for row in fitting], pa.string()) for name, at in table.positions.items()},
        [row for row in rows if len(row.cells) != width],
    )


@dataclass(frozen=True)
class _Records:
    """The records at the beginning of some bytes that are plain CSV: where each begins and ends, and on which line.

    `stop` is where they end; `is_open` whether all that is behind them is the beginning of one more.
    """

    begins: np.ndarray
    ends: np.ndarray
    first_lines: np.ndarray
    last_lines: np.ndarray
    stop: int
    is_open: bool


class _Parser:
    """Parses the text of one table."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.width = len(table.header)
        self.names = [str(at) for at in range(self.width)]
        self.wrong: list[tuple[int, str]] = []

    def batches(self, text: Text) -> Iterator[Batch]:
        """The rows of the text, block by block."""
        raw, line, blocks = b"", text.line, text.read()
        for block in blocks:
            raw += block
            while raw:
                records = _records(raw, line, ord(text.delimiter))
                if len(records.ends):
                    yield self._of_csv(raw, records, text.delimiter)
                    line = int(records.last_lines[-1]) + 1
                    raw = raw[records.stop :]
                if records.is_open and len(raw) < LONGEST_OPEN:
                    break
                rest = _Lines(raw, blocks)
                by_hand = list(islice(rows_of_lines(rest, text.delimiter, line), ROWS_BY_HAND))
                for row in by_hand:
                    refuse_swallowed(row, self.width, text.delimiter)
                if by_hand:
                    yield _of_rows(by_hand, self.table)
                    line = by_hand[-1].last_line + 1
                raw = rest.unread()
        if raw:
            last = list(rows_of_lines(lines_of(raw), text.delimiter, line))
            for row in last:
                refuse_swallowed(row, self.width, text.delimiter)
            if last:
                yield _of_rows(last, self.table)

    def _of_csv(self, raw: bytes, records: _Records, delimiter: str) -> Batch:
        """The batch that some plain records are."""
        filled = np.flatnonzero(records.ends > records.begins)

        def row(at: np.integer) -> Row | None:
            piece = raw[records.begins[at] : records.ends[at]]
            return next(rows_of_lines(lines_of(piece), delimiter, int(records.first_lines[at])), None)

        for at in np.flatnonzero(records.last_lines > records.first_lines):
            if (filled_row := row(at)) is not None:
                refuse_swallowed(filled_row, self.width, delimiter)
        self.wrong.clear()
        columns = self._columns_of(pa.py_buffer(raw).slice(0, records.stop), delimiter) if len(filled) else {}
        # Arrow counts the records that are no empty lines, from 1.
        misfit = np.zeros(len(filled), dtype=bool)
        misfit[[number - 1 for number, _ in self.wrong]] = True
        fitting = filled[~misfit]
        blank = [at for at in _blank(columns) if row(fitting[at]) is None]
        if blank:
            keep = np.delete(np.arange(len(fitting)), blank)
            fitting = fitting[keep]
            columns = {name: column.take(pa.array(keep)) for name, column in columns.items()}
        others = [filled_row for at in filled[misfit] if (filled_row := row(at)) is not None]
        return Batch(records.first_lines[fitting], columns, others)

    def _columns_of(self, octets: pa.Buffer, delimiter: str) -> dict[str, pa.Array]:
        at = {name: self.names[position] for name, position in self.table.positions.items()}
        table = pa_csv.read_csv(
            pa.BufferReader(octets),
            pa_csv.ReadOptions(use_threads=False, block_size=octets.size + 1, column_names=self.names),
            pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=self._left_out),
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(self.names, pa.string()),
                strings_can_be_null=False,
                check_utf8=False,  # looked at when the encoding was
                include_columns=list(dict.fromkeys(at.values())),
            ),
        )
        return {name: _without_apostrophes(table[name_sent].combine_chunks()) for name, name_sent in at.items()}

    def _left_out(self, row: pa_csv.InvalidRow) -> str:
        self.wrong.append((row.number, row.text))
        return "skip"


class _Lines:
    """The lines of some bytes and of the blocks behind them, of which no more is taken than was asked for."""

    def __init__(self, raw: bytes, blocks: Iterator[bytes]) -> None:
        self.block, self.blocks = lines_of(raw), blocks

    def __iter__(self) -> Iterator[str]:
        for block in chain([self.block], map(lines_of, self.blocks)):
            self.block = block
            yield from iter(block.readline, "")  # from the block itself would close it with the generator

    def unread(self) -> bytes:
        """What is left of the block of the last line."""
        return self.block.read().encode()


def _records(raw: bytes, line: int, delimiter: int) -> _Records:
    """The plain records that some bytes begin with; the first stands on `line`."""
    octets = np.frombuffer(raw, np.uint8)
    line_ends = np.flatnonzero(octets == LINE_FEED)
    numbers = np.arange(len(line_ends))
    fault = None
    if b'"' in raw:
        quotes = np.flatnonzero(octets == QUOTE)
        # Of each pair the first stands behind, and the second before, a delimiter, an end of a line, or one more quote.
        beside = np.full(len(quotes), LINE_FEED, dtype=np.uint8)
        beside[::2] = octets[quotes[::2] - 1]
        if quotes[0] == 0:
            beside[0] = LINE_FEED
        closing = quotes[1::2]
        beside[1::2] = octets[np.minimum(closing + 1, len(octets) - 1)]
        plain = (beside == LINE_FEED) | (beside == QUOTE) | (beside == delimiter)
        if not plain.all():
            fault = int(quotes[np.argmin(plain)])
        outside = np.searchsorted(quotes, line_ends) % 2 == 0
        numbers = np.flatnonzero(outside if fault is None else outside & (line_ends < fault))
    ends = line_ends[numbers]
    begins = np.append(0, ends[:-1] + 1)[: len(ends)]
    too_long = np.flatnonzero(ends - begins > LONGEST_RECORD)
    if len(too_long):
        fault, numbers = int(begins[too_long[0]]), numbers[: too_long[0]]
        begins, ends = begins[: len(numbers)], ends[: len(numbers)]
    first_lines = line + np.append(0, numbers[:-1] + 1)[: len(numbers)]
    stop = int(ends[-1]) + 1 if len(ends) else 0
    return _Records(begins, ends, first_lines, line + numbers, stop, fault is None)


def _without_apostrophes(column: pa.Array) -> pa.Array:
    """The cells without the apostrophe that a file of rows set aside has before what is like a formula."""
    odd = pc.starts_with(column, "'")
    if not odd.true_count:
        return column
    return pc.replace_with_mask(column, odd, pa.array(map(as_sent, column.filter(odd).to_pylist()), pa.string()))


def _blank(columns: Mapping[str, pa.Array]) -> list[int]:
    """Rows in which no column of the card holds anything."""
    blank: np.ndarray | None = None
    for column in sorted(columns.values(), key=lambda column: column.nbytes):  # the cheapest first
        empty = pc.equal(pc.utf8_trim_whitespace(column), pa.scalar("")).to_numpy(zero_copy_only=False)
        blank = empty if blank is None else blank & empty
        if not blank.any():
            return []
    return [] if blank is None else np.flatnonzero(blank).tolist()
