"""The walk every reader makes: cells by name, rows of the wrong width and refused rows into quarantine."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from itertools import count
from typing import Any, TypeVar

from dashboard.intake.report import WHOLE_ROW, Ledger, RowRefused, clean
from dashboard.intake.tabular import Row, Table
from dashboard.intake.words import fold, is_missing, words

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
    table: Table,
    ledger: Ledger,
    parse: Callable[[Cells], tuple[Any, ...]],
    alone: tuple[str, ...] = (),
    counted: str = "",
) -> None:
    """Publishes one record a row; one that states the same again, or of somebody erased, is collapsed.

    Of columns named in `alone` two different records must not have the same values: the second is set aside. Without
    such a column what is not kept may distinguish two rows, so that only one that is written alike in every cell is the
    same. `counted` is the last of `alone`: rows that leave it blank are counted from 1 by the others of it.
    """
    seen: set[tuple[Any, ...]] = set()
    published: set[tuple[Any, ...]] = set()
    at = [list(ledger.card.kept).index(name) for name in alone]
    written: dict[tuple[Any, ...], set[tuple[str, ...]]] = defaultdict(set)

    def parse_alone(row: Row, cell: Cells) -> tuple[Any, ...]:
        record = parse(cell)
        is_counted = bool(counted) and is_missing(cell(counted))
        if not at or is_counted:
            cells = tuple(text.strip() for text in row.cells)
            alike = written[tuple(record[i] for i in at[:-1])]
            if cells in alike:
                return ()
            alike.add(cells)
        if is_counted:
            others = tuple(record[i] for i in at[:-1])
            n = next(n for n in count(len(alike)) if (*others, str(n)) not in published)
            return *record[: at[-1]], str(n), *record[at[-1] + 1 :]
        if at and record not in seen and tuple(record[i] for i in at) in published:
            raise RowRefused(alone[0], str(record[at[0]]), "another row of this id says something else")
        return record

    # In a row about a person a cell too few is a comma without quotes elsewhere, and what follows it is shifted.
    whole_rows = ledger.card.people
    for _, record in accepted(table, ledger, parse_alone, blanks_may_be_left_out=not whole_rows):
        if record and ledger.is_erased(record):
            ledger.drop_erased(record)
        elif not record or (at and record in seen):
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


class PartsOfCountries:
    """Rows of parts of countries in a table of countries, by a column that the source does not know: Region, Province.

    Such a column may name the continent as well. It names parts where it has two values, or one and a blank, beside one
    country and whatever else the source has one row for; then the country's rows in which it is blank are its own.
    """

    def __init__(self, table: Table) -> None:
        self.at = next(
            (at for at, header in table.unknown_headers if fold(header) in words("parts_of_countries")), None
        )
        self.parted: set[str] = set()
        self._named: dict[Hashable, str] = {}

    def enter(self, row: Row, country: str, once: Hashable = "") -> None:
        """Takes note of a row about a country, and what else it is about that a country has one row for."""
        if self.at is not None:
            named = fold(row.cells[self.at])
            if self._named.setdefault((country, once), named) != named:
                self.parted.add(country)

    def wholes(self, rows: list[tuple[Row, Parsed]], country: str, ledger: Ledger) -> list[tuple[Row, Parsed]]:
        """The rows about the whole country; others are set aside. Known when all were entered."""
        if self.at is None or country not in self.parted:
            return rows
        for row, _ in rows:
            if region := clean(row.cells[self.at]):
                ledger.parts += 1
                ledger.quarantine(row.line, "country_iso3", region, "a part of the country, not the whole")
        return [(row, parsed) for row, parsed in rows if not clean(row.cells[self.at])]


def _cell(cells: list[str], positions: dict[str, int], name: str) -> str:
    return cells[positions[name]] if name in positions else ""


def _fitted(cells: list[str], width: int, last_wanted: int) -> list[str]:
    """Cells left out at the end are blank. One too many is a comma without quotes, and shifts all that follows it."""
    return cells + [""] * (width - len(cells)) if last_wanted < len(cells) < width else cells
