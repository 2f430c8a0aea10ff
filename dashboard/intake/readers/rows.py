"""The walk every reader makes: cells by name, rows of the wrong width and refused rows into quarantine."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from dashboard.intake.report import WHOLE_ROW, Ledger, RowRefused, clean
from dashboard.intake.tabular import Row, Table

Cells = Callable[[str], str]
Parsed = TypeVar("Parsed")


def accepted(
    table: Table, ledger: Ledger, parse: Callable[[Row, Cells], Parsed], blanks_may_be_left_out: bool = True
) -> Iterator[tuple[Row, Parsed]]:
    """Each row with what `parse` made of it; a row of the wrong width, or one that `parse` refuses, is quarantined.

    `parse` gets the row and a function from column name to text ('' where the file lacks the column).
    """
    width, positions = len(table.header), table.positions
    last_wanted = max(positions.values()) if blanks_may_be_left_out else width
    for row in table.rows:
        ledger.rows_in += 1
        cells = _fitted(row.cells, width, last_wanted)
        if len(cells) != width:
            set_aside_misfit(row, width, ledger)
            continue
        try:
            parsed = parse(Row(row.line, cells), cells_of(cells, positions))
        except RowRefused as refused:
            ledger.quarantine(row.line, refused.column, clean(refused.value), refused.reason)
        else:
            yield row, parsed


def set_aside_misfit(row: Row, width: int, ledger: Ledger) -> None:
    """Sets a row aside that has more cells than the header, or fewer."""
    reason = f"the header has {width} cells, the row {len(row.cells)}"
    ledger.quarantine(row.line, WHOLE_ROW, clean(",".join(row.cells)), reason)


def cells_of(cells: list[str], positions: dict[str, int]) -> Cells:
    """The cells of a row by the names of their columns."""
    return partial(_cell, cells, positions)


def publish_once(
    table: Table, ledger: Ledger, parse: Callable[[Cells], tuple[Any, ...]], alone: tuple[str, ...] = ()
) -> None:
    """Publishes one record a row; one whose record was published already, or of somebody erased, is collapsed.

    Of columns named in `alone` two different records must not have the same values: the second is set aside.
    """
    seen: set[tuple[Any, ...]] = set()
    published: set[tuple[Any, ...]] = set()
    at = [list(ledger.card.kept).index(name) for name in alone]

    def parse_alone(cell: Cells) -> tuple[Any, ...]:
        record = parse(cell)
        if at and record not in seen and tuple(record[i] for i in at) in published:
            raise RowRefused(alone[0], str(record[at[0]]), "another row of this id says something else")
        return record

    # In a row about a person a cell too few is a comma without quotes elsewhere, and what follows it is shifted.
    whole_rows = ledger.card.people
    for _, record in accepted(table, ledger, lambda _, cell: parse_alone(cell), blanks_may_be_left_out=not whole_rows):
        if ledger.is_erased(record):
            ledger.drop_erased(record)
        elif record in seen:
            ledger.collapsed += 1
        else:
            seen.add(record)
            published.add(tuple(record[i] for i in at))
            ledger.publish([record])


def settled(rows: Sequence[tuple[Row, Parsed]], ledger: Ledger, column: str, reason: str) -> Iterator[Parsed]:
    """What rows of one key state: once where all state the same, else nothing and every row is set aside.

    None of several answers is the right one by its place in the file.
    """
    first = rows[0][1]
    if all(values == first for _, values in rows):
        ledger.collapsed += len(rows) - 1
        yield first
    else:
        for row, _ in rows:
            ledger.quarantine(row.line, column, "", reason)


def _cell(cells: list[str], positions: dict[str, int], name: str) -> str:
    return cells[positions[name]] if name in positions else ""


def _fitted(cells: list[str], width: int, last_wanted: int) -> list[str]:
    """Cells left out at the end are blank. One too many is a comma without quotes, and shifts all that follows it."""
    return cells + [""] * (width - len(cells)) if last_wanted < len(cells) < width else cells
