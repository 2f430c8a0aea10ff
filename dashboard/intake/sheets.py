"""Sheets of workbooks in formats other than XLSX (.xls, .xlsb, .ods), by calamine; within the limits of XLSX."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dashboard.intake.formats import unreadable
from dashboard.intake.report import FileRefused, as_sent

Cells = tuple[int, list[str]]


def open_sheets(path: Path, format_: str) -> list[tuple[str, bool, Iterator[Cells]]]:
    """Title, whether it is shown, and numbered rows of text of each sheet.

    Raises:
        FileRefused: locked with a password, or damaged.
    """
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_path(path)
        about = [sheet for sheet in book.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
    except PasswordError as locked:
        raise FileRefused("The workbook is locked with a password. Save it without one and send that.") from locked
    except _faults() as wrong:
        raise unreadable(format_) from wrong
    if not about:
        raise unreadable(format_)
    return [(one.name, one.visible is SheetVisibleEnum.Visible, _rows(book, one.name, format_)) for one in about]


def _rows(book: Any, title: str, format_: str) -> Iterator[Cells]:
    try:
        sheet = book.get_sheet_by_name(title)
    except _faults() as wrong:
        raise unreadable(format_) from wrong
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, [_text(cell) for cell in cells]


def _faults() -> tuple[type[Exception], ...]:
    """What reading a damaged workbook raises."""
    from python_calamine import CalamineError

    return (CalamineError, OSError, ValueError)


def _text(cell: object) -> str:
    """A cell as the reader of XLSX writes it: whole numbers without a decimal, a day without its midnight."""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return as_sent(str(cell))
