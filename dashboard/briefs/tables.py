"""Rows as CSV or as a workbook that a spreadsheet may open: no cell of text is a formula or a link."""

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboard.intake.report import harmless

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell

Cell = str | int | float | None
FORMATS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NARROWEST, WIDEST = 12, 60


def as_csv(rows: Sequence[Sequence[Cell]], mark: bool = True) -> bytes:
    """UTF-8; with a byte-order mark, by which spreadsheet programs know it, and which other programs take for text."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([[_disarmed(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig" if mark else "utf-8")


def as_xlsx(sheets: Sequence[tuple[str, Sequence[Sequence[Cell]]]], headers: int = 1) -> bytes:
    """A workbook of sheets by title, whose first rows are headers."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = f"A{headers + 1}"
        for at, wide in enumerate(_widths(rows)):
            sheet.column_dimensions[_letters(at)].width = wide
        for number, row in enumerate(rows):
            sheet.append([_cell(sheet, value, number < headers) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _disarmed(cell: Cell) -> Cell:
    return harmless(cell) if isinstance(cell, str) else cell


def _cell(sheet: object, value: Cell, is_header: bool) -> "WriteOnlyCell":
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    cell = WriteOnlyCell(sheet)
    cell.value = _disarmed(value)
    if isinstance(value, str):
        cell.data_type = "s"  # and never a formula, whatever it begins with
    cell.font = Font(bold=is_header)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    most: list[int] = []
    for row in rows[:100]:
        most += [NARROWEST] * (len(row) - len(most))
        for at, cell in enumerate(row):
            most[at] = max(most[at], min(WIDEST, len(str(cell or "")) + 2))
    return most


def _letters(at: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(at + 1)
