"""Whether a line that stands outside a table reads like one of its rows, so that it would be lost without a word.

Titles, dates, filters and totals stand above many headers, and are no rows. Knows lines of cells only.
"""

import re
from collections.abc import Collection, Sequence

from dashboard.intake import days
from dashboard.intake.places import is_total
from dashboard.intake.report import clean, holds_address
from dashboard.intake.values import decimal

FEWEST_CELLS, FEWEST_LINES = 2, 3
# Of fewer columns a title and its value may fill those that are required.
FEWEST_REQUIRED = 3
ANY_YEAR = 2100
CODE = re.compile(r"(?=.*\d)[\w./-]+")
ADDRESS, DAY, NUMBER, A_CODE = "address", "day", "number", "code"

Cells = Sequence[str]


def lines_like_rows(
    lines: Sequence[Cells], header: Cells, required: Collection[int], below: Sequence[Cells], may_be_headers: bool
) -> int:
    """How many of some lines read like rows of the table below a header.

    A line does that fills every column that is required, or most of whose cells are, in their columns, of the kind of
    those below. Several lines do that fill half of the columns.

    Args:
        lines: what stands above the header, or on another sheet.
        header: the header.
        required: places of the columns that a row needs.
        below: rows below the header.
        may_be_headers: whether lines that fill every column may be further headers.
    """
    seen = _texts_of_columns(below)
    half = max(FEWEST_REQUIRED, (sum(bool(clean(cell)) for cell in header) + 1) // 2)
    like, wide = 0, 0
    for line in lines:
        filled = {at: text for at, cell in enumerate(line) if (text := clean(cell))}
        if len(filled) < FEWEST_CELLS or any(map(is_total, filled.values())):
            continue
        fills_required = len(required) >= FEWEST_REQUIRED and set(required) <= filled.keys()
        agreeing = sum(_agrees(text, seen.get(at, frozenset())) for at, text in filled.items())
        if (fills_required and not may_be_headers) or (agreeing >= FEWEST_CELLS and agreeing * 2 >= len(filled)):
            like += 1
        elif len(filled) >= half:
            wide += 1
    return like + (wide if wide >= FEWEST_LINES and not may_be_headers else 0)


def _texts_of_columns(rows: Sequence[Cells]) -> dict[int, frozenset[str]]:
    """Of each column the texts and the kinds of its cells."""
    texts_in: dict[int, set[str]] = {}
    for row in rows:
        for at, cell in enumerate(row):
            if text := clean(cell).casefold():
                texts_in.setdefault(at, set()).update((text, f"a {_kind(text)}"))
    return {at: frozenset(texts) for at, texts in texts_in.items()}


def _agrees(text: str, seen: frozenset[str]) -> bool:
    """Whether a cell is like those of a column. A number is like any other, and so states nothing."""
    kind = _kind(text)
    if kind == NUMBER:
        return False
    return text.casefold() in seen or (bool(kind) and f"a {kind}" in seen)


def _kind(text: str) -> str:
    if holds_address(text):
        return ADDRESS
    if decimal(text) is not None:
        return NUMBER
    if days.read(text, ANY_YEAR) is not None:
        return DAY
    return A_CODE if CODE.fullmatch(text) else ""
