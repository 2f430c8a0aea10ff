"""Sheets of XLSX workbooks: rows and cells stand where their own numbers put them; what contradicts itself is refused.

A program may write rows in any order and leave numbers out. Where two rows or cells claim one place, nobody knows
which is meant.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

from dashboard.intake.report import FileRefused, as_sent

# Of any sheet.
LAST_ROW = 1_048_576
CHUNK = 2**20
PROLOG_BYTES = 4096
# The name of a sheet's root element states by which prefix its elements are written; most have none.
ROOT = re.compile(rb"<(?:(\w+):)?worksheet\b")
NUMBER = re.compile(rb"""\br\s*=\s*["']\s*(\d{1,7})""")
HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)""")
SPAN = re.compile(rb"""\bref\s*=\s*["']\$?[A-Za-z]{1,3}\$?(\d{1,7}):\$?[A-Za-z]{1,3}\$?(\d{1,7})""")
# No tag of a row or of merged cells is longer.
LONGEST_TAG = 2**16
# Formats of cells that show a share as a percentage: those that every workbook has.
PERCENT_FORMATS = (9, 10)
SURROGATES = re.compile("[\ud800-\udfff]")
SAVE_AGAIN = "Open the workbook, save it again as XLSX or CSV, and send that."

Cells = tuple[int, list[str]]


@dataclass(frozen=True)
class Layout:
    """What a sheet states of its rows before any is read: their order, those that are hidden, and spans of merged rows.

    `merged` are the first and last row of cells merged over several rows.
    """

    is_ordered: bool = True
    hidden: tuple[int, ...] = ()
    merged: tuple[tuple[int, int], ...] = ()


def layout_of(sheet: Any) -> Layout:
    """The layout of a sheet, looked for in its text; of a text in another encoding than UTF-8 nothing is found."""
    hidden: list[int] = []
    merged: list[tuple[int, int]] = []
    is_ordered, before, begun = True, 0, b""
    tags: re.Pattern[bytes] | None = None
    with sheet._get_source() as stream:
        while chunk := stream.read(CHUNK):
            if tags is None:
                root = ROOT.search(chunk[:PROLOG_BYTES])
                prefix = root[1] + b":" if root and root[1] else b""
                tags = re.compile(rb"<" + prefix + rb"(row|mergeCell)\b([^>]*)>")
            text = begun + chunk
            end = text.rfind(b"<")
            begun = text[end:] if 0 <= len(text) - end <= LONGEST_TAG else b""
            for tag in tags.finditer(text, 0, end if begun else len(text)):
                if tag[1] == b"mergeCell":
                    span = SPAN.search(tag[2])
                    if span and span[1] != span[2]:
                        merged.append((int(span[1]), int(span[2])))
                    continue
                stated = NUMBER.search(tag[2])
                number = int(stated[1]) if stated else before + 1
                is_ordered &= number > before
                before = number
                if HIDDEN.search(tag[2]):
                    hidden.append(number)
    return Layout(is_ordered, tuple(hidden), tuple(merged))


def rows_of(sheet: Any, layout: Layout, most_rows: int) -> Iterator[Cells]:
    """The numbered rows of a sheet that hold anything, in the order of their numbers.

    A formula without a result stays as its text; 0.45 in a cell that shows it as a percentage is 45%.

    Raises:
        FileRefused: a row or a cell has a place that no sheet has, or two of them claim one place.
    """
    shares, before = _percent_styles(sheet.parent), 0
    with sheet._get_source() as stream:
        walk = _rows_written(stream, sheet, shares)
        for number, cells in walk if layout.is_ordered else _sorted(walk, most_rows):
            if number == before:
                raise FileRefused(
                    f"Row {number} stands twice in the sheet, so one of the two would be lost. {SAVE_AGAIN}"
                )
            if number < before:
                raise FileRefused(
                    f"Row {number} stands behind row {before} in the file, so rows would be lost. {SAVE_AGAIN}"
                )
            before = number
            yield number, cells


def _rows_written(stream: Any, sheet: Any, shares: set[int]) -> Iterator[Cells]:
    """The rows that hold anything, in the order in which they are written."""
    book = sheet.parent
    parser = _parser()(
        stream,
        sheet._shared_strings,
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )
    for number, cells in parser.parse():
        if number > LAST_ROW:
            raise FileRefused(f"A cell stands below row {LAST_ROW:,}, where no sheet has one. Save the table as CSV.")
        if texts := _texts(number, cells, shares):
            if number < 1:
                raise FileRefused(f"A row has the number {number}, which no sheet has. {SAVE_AGAIN}")
            yield number, texts


def _sorted(walk: Iterator[Cells], most_rows: int) -> list[Cells]:
    rows: list[Cells] = []
    for row in walk:
        rows.append(row)
        if len(rows) > most_rows + 1:
            raise FileRefused(f"The sheet has more than {most_rows:,} rows. Send it in parts.")
    return sorted(rows, key=itemgetter(0))


def _texts(number: int, cells: list[dict[str, Any]], shares: set[int]) -> list[str]:
    """The texts of a row's cells, by their columns.

    Raises:
        FileRefused: two cells with different contents claim one place.
    """
    texts: list[str] = []
    for cell in cells:
        value = cell["value"]
        if value is None:
            continue
        if cell["style_id"] in shares and isinstance(value, (int, float)) and not isinstance(value, bool):
            text = f"{round(value * 100, 9):.15g}%"
        else:
            text = text_of(value)
        at = cell["column"] - 1
        if at == len(texts):
            texts.append(text)
        elif at > len(texts):
            texts += [""] * (at - len(texts))
            texts.append(text)
        elif not texts[at]:
            texts[at] = text
        elif text and text != texts[at]:
            raise FileRefused(
                f"Row {number} has two different cells in column {at + 1}, so one of the two would be lost. "
                f"{SAVE_AGAIN}"
            )
    return texts


def text_of(value: object) -> str:
    """A value of a cell as text: whole numbers without a decimal, a day without its midnight."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    # Half of a character, as `_xD800_` stands for, is none.
    return as_sent(text if text.isascii() else SURROGATES.sub("\ufffd", text))


def _percent_styles(book: Any) -> set[int]:
    """Numbers of the styles of cells that show a share as a percentage."""
    formats = enumerate(getattr(book, "_number_formats", ()), start=164)
    known = {*PERCENT_FORMATS, *(number for number, text in formats if "%" in text)}
    return {at for at, style in enumerate(getattr(book, "_cell_styles", ())) if style.numFmtId in known}


@cache
def _parser() -> Any:
    """The parser of sheets, made when the first workbook is read: a CSV does not wait for its library."""
    from openpyxl.utils.cell import coordinate_to_tuple
    from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

    class Parser(WorkSheetParser):
        """Rows by their own numbers, of which those that their cells state are checked."""

        row_counter: int
        col_counter: int

        def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
            """The number of a row and its cells.

            Raises:
                FileRefused: its cells state that they are in another row.
            """
            written = row.get("r")
            self.row_counter = self.row_counter + 1 if written is None else _whole_number(written)
            self.col_counter = 0
            cells = [self.parse_cell(element) for element in row]
            elsewhere = [cell for cell in cells if cell["row"] != self.row_counter and cell["value"] is not None]
            if elsewhere:
                others = {cell["row"] for cell in elsewhere}
                if written is not None or len(others) > 1 or len(elsewhere) < len(self._filled(cells)):
                    raise FileRefused(
                        f"Cells of row {self.row_counter} state that they stand in row {min(others)}, so rows would be "
                        f"mixed up. {SAVE_AGAIN}"
                    )
                self.row_counter = others.pop()
            return self.row_counter, cells

        @staticmethod
        def _filled(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [cell for cell in cells if cell["value"] is not None]

        def parse_cell(self, element: Any) -> dict[str, Any]:
            """A cell; a number that is none, or too large, stays as it is written."""
            try:
                cell: dict[str, Any] = super().parse_cell(element)
            except (ValueError, OverflowError):
                text = element.findtext(VALUE_TAG)
                if element.get("t", "n") == "s" or not text:
                    raise
                row, column = self.row_counter, self.col_counter
                if coordinate := element.get("r"):
                    row, column = coordinate_to_tuple(coordinate)
                return {"row": row, "column": column, "value": text, "style_id": 0}
            value = cell["value"]
            if value is None:
                if (formula := element.find(FORMULA_TAG)) is not None:
                    cell["value"] = "=" + (formula.text or "")
            elif isinstance(value, float) and abs(value) == float("inf"):
                cell["value"] = element.findtext(VALUE_TAG)
            return cell

    return Parser


def _whole_number(written: str) -> int:
    number = float(written)
    if not number.is_integer():
        raise ValueError(written)
    return int(number)
