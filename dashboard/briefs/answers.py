"""An answer as a workbook for people: a sheet of the rows under their labels, and a sheet of notes.

Nothing in it is a formula, whatever a sender wrote.
"""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from dashboard.intake.report import harmless
from dashboard.locales import _
from dashboard.locales.numbers import cell_format, is_missing
from dashboard.warehouse.columns import Column

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NUMBER_FORMATS = {
    "count": "#,##0",
    "people": "#,##0",
    "share": "0.0%",
    "points": "+0.0;\u22120.0;0.0",
    "days": "#,##0.#",
    "weeks": "#,##0.#",
    "hours": "#,##0.0",
    "usd": "#,##0",
    "decimal": "#,##0.0",
    "index": "0.00",
    "date": "d mmm yyyy",
    "month": "mmm yyyy",
    "year": "0",
}
WHOLE_PERCENT = "0%"
LONGEST_CELL = 32_767  # characters, by the format of the file
NARROWEST, WIDEST, WIDE_NOTE, NAME_OF_NOTE = 10, 46, 96, 34
LOOKED_AT = 200  # rows by which the width of a column is chosen
HEADING, BOLD = PatternFill("solid", fgColor="DCE9F5"), Font(bold=True)
TOP = Alignment(wrap_text=True, vertical="top")


def write_answer(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    notes: Sequence[Sequence[str]],
    title: str,
    is_simulated: bool,
    whole_percent: bool = False,
) -> bytes:
    """The workbook; its first sheet is named after whether its rows are simulated."""
    rows = list(rows)
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = _text(title), _("Coalition dashboard")
    sheet = book.create_sheet(_("Simulated data") if is_simulated else _("Data"))
    sheet.freeze_panes = "A2"
    if columns:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    for at, column in enumerate(columns):
        shown = [str(row[at]) for row in rows[:LOOKED_AT] if not is_missing(row[at])]
        widest = max([len(_(column.label)) * 0.7, *map(len, shown)])
        sheet.column_dimensions[get_column_letter(at + 1)].width = min(WIDEST, max(NARROWEST, widest + 2))
    sheet.append([_heading(sheet, _(column.label)) for column in columns])
    formats = [
        cell_format(_number_format(column, whole_percent), [row[at] for row in rows])
        for at, column in enumerate(columns)
    ]
    for row in rows:
        sheet.append(
            [_cell(sheet, value, column, form) for value, column, form in zip(row, columns, formats, strict=True)]
        )
    _write_notes(book, notes)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_notes(book: Workbook, notes: Sequence[Sequence[str]]) -> None:
    sheet = book.create_sheet(_("Notes"))
    sheet.freeze_panes = "A2"
    for at, wide in enumerate((NAME_OF_NOTE, WIDE_NOTE, NAME_OF_NOTE, NAME_OF_NOTE), start=1):
        sheet.column_dimensions[get_column_letter(at)].width = wide
    for number, line in enumerate(notes):
        cells = [_text_cell(sheet, text) for text in line]
        for at, cell in enumerate(cells):
            cell.alignment = TOP
            if number == 0 or at == 0:
                cell.font = BOLD
        sheet.append(cells)


def _number_format(column: Column, whole_percent: bool) -> str:
    if column.card.format == "share" and whole_percent:
        return WHOLE_PERCENT
    return NUMBER_FORMATS.get(column.card.format, "General")


def _heading(sheet: Any, label: str) -> Any:
    cell = _text_cell(sheet, label)
    cell.font, cell.fill, cell.alignment = BOLD, HEADING, TOP
    return cell


def _cell(sheet: Any, value: Any, column: Column, number_format: str) -> Any:
    if is_missing(value):
        return None
    if isinstance(value, str):
        return _text_cell(sheet, value)
    if column.type == "BIGINT":
        value = int(value)
    elif column.card.format == "points":
        value = value * 100
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = number_format
    return cell


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, _text(text))
    cell.data_type = "s"  # and never a formula, whatever it begins with
    return cell


def _text(text: str) -> str:
    return harmless(ILLEGAL_CHARACTERS_RE.sub("", text))[:LONGEST_CELL]
