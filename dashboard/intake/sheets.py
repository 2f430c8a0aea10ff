"""Sheets of workbooks in formats other than XLSX (.xls, .xlsb, .ods), by calamine; within the limits of XLSX."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dashboard.intake.formats import unreadable
from dashboard.intake.report import FileRefused, as_sent

Cells = tuple[int, list[str]]
# The exception of a library in Rust that has no module to import it from.
PANIC = "PanicException"


def open_sheets(path: Path, format_: str) -> list[tuple[str, bool, Iterator[Cells]]]:
    """Title, whether it is shown, and numbered rows of text of each sheet.

    Raises:
        FileRefused: locked with a password, or damaged.
    """
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    with _with_plain_refusals(format_):
        try:
            book = CalamineWorkbook.from_path(path)
        except PasswordError as locked:
            raise FileRefused("The workbook is locked with a password. Save it without one and send that.") from locked
        about = [sheet for sheet in book.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
    if not about:
        raise unreadable(format_)
    return [
        (sheet.name, sheet.visible is SheetVisibleEnum.Visible, _rows(book, sheet.name, format_)) for sheet in about
    ]


def _rows(book: Any, title: str, format_: str) -> Iterator[Cells]:
    with _with_plain_refusals(format_):
        rows = iter(book.get_sheet_by_name(title).iter_rows())
    for number, cells in enumerate(rows, start=1):
        yield number, [_text(cell) for cell in cells]


@contextmanager
def _with_plain_refusals(format_: str) -> Iterator[None]:
    """What reading a damaged workbook raises, a panic of the library among it, is a refusal."""
    from python_calamine import CalamineError

    try:
        yield
    except (CalamineError, OSError, ValueError) as wrong:
        raise unreadable(format_) from wrong
    except BaseException as wrong:
        if type(wrong).__name__ == PANIC:
            raise unreadable(format_) from wrong
        raise


def _text(cell: object) -> str:
    """A cell as the reader of XLSX writes it: whole numbers without a decimal, a day without its midnight."""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return as_sent(str(cell))
