"""The text of a CSV in blocks of whole lines, and its rows: of a file of any size only one block is in memory."""

import codecs
import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np

from dashboard.intake.report import FileRefused, as_sent

UTF_8 = "utf-8-sig"
LINE_FEED, CARRIAGE_RETURN = b"\n\r"
BLOCK_BYTES = 2**22
# A line of more characters is none of a table; it would have to be in memory as a whole.
LONGEST_LINE = 2**25
# A cell of more lines holds rows, far more often than a text of somebody.
MOST_LINES_OF_A_CELL = 10
# So many lines of a cell are distinguished from one sentence with a sign between two words.
FEWEST_SWALLOWED = 2
# Lines of the second part of an export are counted from here on, those of the third from twice as many.
PART_LINES = 2**40

Blocks = Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Row:
    """One record: the line (CSV) or row (XLSX) it begins on, its cells as text, and the line of a CSV it ends on."""

    line: int
    cells: list[str]
    last_line: int = 0


@dataclass(frozen=True)
class Text:
    """Rows of a CSV that are still text: what reads their blocks of whole lines as UTF-8, the line of the first, and
    the delimiter; of a part of an export also its name, which what it is refused for begins with."""

    read: Blocks
    line: int
    delimiter: str
    name: str = ""

    def rows(self, width: int) -> Iterator[Row]:
        """The records; FileRefused where one is no CSV, or a quote has swallowed others."""
        lines = chain.from_iterable(lines_of(block) for block in self.read())
        for row in rows_of_lines(lines, self.delimiter, self.line):
            refuse_swallowed(row, width, self.delimiter)
            yield row

    def rows_at(self, lines: Collection[int]) -> Iterator[Row]:
        """The records that begin on some lines, read again."""
        wanted = set(lines)
        texts = chain.from_iterable(lines_of(block) for block in self.read())
        number = self.line - 1
        for text in texts:
            number += 1
            if number in wanted and (row := next(rows_of_lines(chain([text], texts), self.delimiter, number), None)):
                yield row
                number = row.last_line


def read_blocks(path: Path, encoding: str) -> Iterator[bytes]:
    """The text of a file as UTF-8, whole lines at a time, which end with line feeds alone whatever the file has.

    Raises:
        UnicodeDecodeError: the text is not of that encoding.
        FileRefused: a line is longer than any of a table.
    """
    begun = b""
    with path.open("rb") as file:
        for octets in _as_utf8(iter(partial(file.read, BLOCK_BYTES), b""), encoding):
            octets = begun + octets
            # A carriage return that comes last may be one half of an end.
            end = max(octets.rfind(b"\n"), octets.rfind(b"\r", 0, -1)) + 1
            begun = octets[end:]
            if len(begun) > LONGEST_LINE:
                raise FileRefused(
                    f"A line has more than {LONGEST_LINE:,} characters, so this is no table. Look for line ends that "
                    "were lost when the file was written."
                )
            if end:
                yield _with_line_feeds(octets[:end])
    if begun:
        yield _with_line_feeds(begun)


def _as_utf8(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if encoding == UTF_8:
        yield next(pieces, b"").removeprefix(codecs.BOM_UTF8)
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    for piece in pieces:
        yield decoder.decode(piece).encode()
    yield decoder.decode(b"", final=True).encode()


def _with_line_feeds(octets: bytes) -> bytes:
    if b"\r" not in octets:
        return octets
    numbers = np.frombuffer(octets, np.uint8)
    is_return = numbers == CARRIAGE_RETURN
    if not is_return[-1] and not (is_return[:-1] & (numbers[1:] != LINE_FEED)).any():
        return octets.translate(None, b"\r")
    return octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Refusals of a part of an export begin with its name."""
    try:
        yield
    except FileRefused as refused:
        raise FileRefused(f"{name}: {refused}" if name else str(refused), refused.asks) from None


def text_below(blocks: Blocks, lines: int, delimiter: str) -> Text:
    """What stands below the first so many lines of a text."""

    def below() -> Iterator[bytes]:
        left = lines
        for block in blocks():
            at = 0
            while left and at < len(block):
                end = block.find(b"\n", at)
                at, left = (end + 1 if end >= 0 else len(block)), left - 1
            if at < len(block):
                yield block[at:] if at else block

    return Text(below, lines + 1, delimiter)


def csv_rows(blocks: Iterable[bytes], delimiter: str) -> Iterator[Row]:
    """The records of a CSV that hold anything, in order.

    Raises:
        FileRefused: the text is not CSV from some line on.
    """
    return rows_of_lines(chain.from_iterable(lines_of(block) for block in blocks), delimiter)


def lines_of(octets: bytes) -> io.StringIO:
    """The lines of a block."""
    return io.StringIO(octets.decode())


def rows_of_lines(lines: Iterable[str], delimiter: str, first_line: int = 1) -> Iterator[Row]:
    """As `csv_rows`, of single lines; no line is read before the record it belongs to is asked for."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begin = first_line
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            raise FileRefused(
                f"Line {begin} cannot be read as CSV: {wrong}. Look for a quote that is not closed."
            ) from wrong
        end = first_line + reader.line_num - 1
        if any(cell.strip() for cell in cells):
            yield Row(begin, [as_sent(cell) for cell in cells], end)
        begin = end + 1


def refuse_swallowed(row: Row, width: int, delimiter: str) -> None:
    """Raises FileRefused where a quote that was never meant as one has swallowed other rows of the table."""
    for at, cell in enumerate(row.cells):
        if "\n" not in cell:
            continue
        lines = cell.split("\n")
        # The line on which the quotes open.
        line = row.line + sum(before.count("\n") for before in row.cells[:at])
        if any(text.count(delimiter) + 1 >= width for text in lines) or _are_rows(lines[1:], width, delimiter):
            raise FileRefused(
                f"From line {line} on, whole rows stand inside quotes. Look for a single quote sign there, "
                "take it out, and send the file again."
            )
        if len(lines) > MOST_LINES_OF_A_CELL:
            raise FileRefused(
                f"A cell in quotes begins on line {line} and has {len(lines)} lines, so it may hold whole rows. Look "
                "for a single quote sign there and take it out; where a text is meant, shorten it to "
                f"{MOST_LINES_OF_A_CELL} lines or leave its column out."
            )


def _are_rows(lines: Sequence[str], width: int, delimiter: str) -> bool:
    """Whether lines inside quotes are rows of few cells: delimiters in all, or many in one, and no blank behind any.

    In a sentence a blank stands behind a comma.
    """
    unlike_words = [line for line in lines if delimiter in line and f"{delimiter} " not in line.rstrip()]
    inner = [line for line in lines[:-1] if line.strip()]
    many = max(2, (width - 1) // 2)
    return any(line.count(delimiter) >= many for line in unlike_words) or (
        len(inner) >= FEWEST_SWALLOWED and all(line in unlike_words for line in inner)
    )
