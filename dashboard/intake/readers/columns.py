"""Rows of a batch on their way through a reader, by columns: each distinct value is parsed once for all its rows.

The parsers are those of the walk row by row, and what comes of them is the same: values, rows set aside with the
reason that comes first, remarks, values that were not understood, doubts about dates.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.intake.columns import Batch
from dashboard.intake.days import Orders, Tally
from dashboard.intake.readers.people import with_doubt
from dashboard.intake.readers.rows import Cells
from dashboard.intake.report import Ledger, Quarantined, RowRefused, clean
from dashboard.intake.scale import Progress
from dashboard.warehouse.schema import ARROW

# So many outcomes of one parser are remembered.
MOST_REMEMBERED = 200_000
# Times of which nothing but the day can matter, since they are in UTC, or in no zone.
IN_UTC = r"^\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3}|\.\d{6})?Z$"
NAIVE = IN_UTC.replace("Z$", "Z?$")
DAY = len("2018-01-31")
ADDRESS = "http"
NO_DAY = np.datetime64("NaT", "D")
NO_DATES = Tally()

Parse = Callable[[Cells], Any]
# What is in a cell of one column, or in those of several.
Cell = str | tuple[str, ...]
# One column of records: `Values`, or an array of NumPy or Arrow; None where all of it is missing.
Column = Any


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a parser made of some cells: a value, or why the row is set aside; and what it noted by the way.

    `dates` and `counted` are the numbers that a file's dates and progress are judged by, in the order of `_counts`;
    `dated` is the column of its dates.
    """

    value: Any = None
    refused: RowRefused | None = None
    remarks: Mapping[str, int] | None = None
    unread: Sequence[tuple[str, str, str]] = ()
    in_doubt: str = ""
    dates: int = 0
    counted: tuple[int, ...] = ()
    dated: str = ""
    # Whether there is something to report of it but the value and the numbers.
    odd: bool = False


NOTHING = Outcome()


@dataclass(frozen=True)
class Values:
    """One value a row: `codes` are places in `distinct`."""

    codes: np.ndarray
    distinct: Sequence[Any]

    def numpy(self, kind: str) -> np.ndarray:
        """The values as NumPy has them: a day that is missing is NaT, a number NaN, a flag no."""
        return np.array(self.distinct, dtype=kind)[self.codes]

    def is_missing(self) -> np.ndarray:
        """In which rows there is no value."""
        return np.array([value is None for value in self.distinct])[self.codes]

    def map(self, of_value: Callable[[Any], Any]) -> "Values":
        """What a function makes of each value that is there."""
        return Values(self.codes, [None if value is None else of_value(value) for value in self.distinct])

    def coded(self, rows: np.ndarray) -> pa.Array:
        """Those of some rows, as text that is there once for all rows in which it is the same."""
        places: dict[Any, int] = {}
        again = np.array([-1 if v is None else places.setdefault(v, len(places)) for v in self.distinct], np.int32)
        codes = again[self.codes[rows]]
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), pa.array(list(places), pa.string()))


class Memory:
    """What the parsers of a reader made of cells, by the place of each in the order in which they are called."""

    def __init__(self) -> None:
        self._steps: list[dict[Cell, Any]] = []

    def of_step(self, step: int) -> dict[Cell, Any]:
        """What one parser made so far; forgotten where it is too much."""
        if step == len(self._steps):
            self._steps.append({})
        if len(self._steps[step]) > MOST_REMEMBERED:
            self._steps[step].clear()
        return self._steps[step]


class Rows:
    """The rows of a batch. Each call of a parser is the next step of every row that is still in.

    Attributes:
        heard: the ledger that parsers write to; what they write is entered for every row that it holds for.
        standing: which rows are in.
        in_doubt: of each row the place in `doubts` of the columns whose day may be read in two ways; 0 is none.
    """

    def __init__(self, batch: Batch, ledger: Ledger, memory: Memory) -> None:
        self.batch, self.ledger = batch, ledger
        self.heard = replace(
            ledger,
            remarks=Counter(),
            unread={},
            orders=Orders(ledger.orders.declared),
            progress=Progress(),
            in_doubt="",
        )
        self.standing = np.ones(len(batch.lines), dtype=bool)
        self.in_doubt = np.zeros(len(batch.lines), dtype=np.int8)
        self.doubts = [""]
        self._memory, self._step = memory, 0

    def each(self, parse: Parse, *columns: str) -> Values:
        """What `parse` makes of the cells of these columns; a row that it refuses is set aside."""
        names = [name for name in columns if name in self.batch.columns]
        cells = [self.batch.columns[name] for name in names]
        return self._parsed_values(parse, names, cells, cells)

    def day(self, parse: Parse, column: str) -> np.ndarray:
        """As `each`, for a time of which only the day is kept: those in UTC are parsed once a day."""
        if column not in self.batch.columns:
            return self.each(parse, column).numpy("datetime64[D]")
        cells = self.batch.columns[column]
        regular = pc.match_substring_regex(cells, NAIVE if self.ledger.zone == "UTC" else IN_UTC)
        days = pc.utf8_slice_codeunits(cells, 0, DAY)
        if regular.false_count:
            days = pc.if_else(regular, days, cells)
        return self._parsed_values(parse, [column], [cells], [days]).numpy("datetime64[D]")

    def address(self, parse: Parse, column: str) -> np.ndarray:
        """As `flag`, for whether there is an address: what begins like one is parsed once."""
        if column not in self.batch.columns:
            return self.flag(parse, column)
        cells = self.batch.columns[column]
        alike = pc.if_else(pc.starts_with(cells, ADDRESS), pa.scalar(ADDRESS), cells)
        return self._parsed_values(parse, [column], [cells], [alike]).numpy("bool")

    def number(self, parse: Parse, *columns: str) -> np.ndarray:
        """As `each`, for a number; NaN where it is missing."""
        return self.each(parse, *columns).numpy("float64")

    def flag(self, parse: Parse, *columns: str) -> np.ndarray:
        """As `each`, for yes or no; no where it is missing."""
        return self.each(parse, *columns).numpy("bool")

    def remark(self, where: np.ndarray, remark: str) -> None:
        """Counts a remark for some rows."""
        if rows := int((where & self.standing).sum()):
            self.ledger.remarks[remark] += rows

    def refuse(self, where: np.ndarray, why: Callable[[Cells], RowRefused], *columns: str) -> None:
        """Sets some rows aside; `why` sees the cells of these columns."""
        at = np.flatnonzero(where & self.standing)
        if not len(at):
            return
        names = [name for name in columns if name in self.batch.columns]
        codes = np.zeros(len(self.standing), np.int64)
        codes[at], different = distinct([self.batch.columns[name].take(pa.array(at)) for name in names], len(at))
        codes[at] += 1
        refusals = [why(_cells(names, cells)) for cells in different]
        self._account(codes, [NOTHING, *(Outcome(refused=refused, odd=True) for refused in refusals)])

    def _parsed_values(
        self, parse: Parse, names: Sequence[str], cells: Sequence[pa.Array], stand_for: Sequence[pa.Array]
    ) -> Values:
        """The outcomes of a parser. Where that of `stand_for` is plain, it is the one of `cells`."""
        outcome_of = self._memory.of_step(self._step)
        self._step += 1
        codes, different = distinct(stand_for, len(self.standing))
        outcomes = self._outcomes(parse, names, different, outcome_of, codes)
        if stand_for is not cells and any(outcome.odd for outcome in outcomes):
            at = np.flatnonzero(np.array([outcome.odd for outcome in outcomes])[codes] & self.standing)
            again, different = distinct([column.take(pa.array(at)) for column in cells], len(at))
            codes = codes.copy()
            codes[at] = again + len(outcomes)
            outcomes += self._outcomes(parse, names, different, outcome_of, again)
        self._account(codes, outcomes)
        return Values(codes, [outcome.value for outcome in outcomes])

    def _outcomes(
        self,
        parse: Parse,
        names: Sequence[str],
        different: Sequence[Cell],
        outcome_of: dict[Cell, Any],
        codes: np.ndarray,
    ) -> list[Outcome]:
        """What a parser makes of cells; not of those of which no row is left."""
        outcomes: list[Any] = list(map(outcome_of.get, different))
        if None not in outcomes:
            return outcomes
        left = self._rows_of(codes, len(different)) if len(codes) == len(self.standing) else np.ones(len(different))
        for at in [at for at, outcome in enumerate(outcomes) if outcome is None]:
            if left[at]:
                outcomes[at] = outcome_of[different[at]] = self._outcome(parse, _cells(names, different[at]))
            else:
                outcomes[at] = NOTHING
        return outcomes

    def _rows_of(self, codes: np.ndarray, different: int) -> np.ndarray:
        """How many rows that are in have each of the codes."""
        return np.bincount(codes if self.standing.all() else codes[self.standing], minlength=different)

    def _outcome(self, parse: Parse, cell: Cells) -> Outcome:
        heard = self.heard
        value, refused = None, None
        try:
            value = parse(cell)
        except RowRefused as refusal:
            refused = refusal
        dated, heard.orders.last = heard.orders.last, ""
        dates, *counted = _counts(heard, dated)
        remarks = dict(heard.remarks)
        unread = [key for key, (rows, *_) in heard.unread.items() for _ in range(rows)]
        odd = refused is not None or bool(remarks or unread or heard.in_doubt)
        more = tuple(counted) if any(counted) else ()
        outcome = Outcome(value, refused, remarks, unread, heard.in_doubt, dates, more, dated, odd)
        if dates:
            heard.orders.columns.clear()
        if more:
            heard.progress = Progress()
        heard.remarks.clear()
        heard.unread.clear()
        heard.in_doubt = ""
        return outcome

    def _account(self, codes: np.ndarray, outcomes: Sequence[Outcome]) -> None:
        """Enters what parsers noted for the rows that are in, and sets aside what they refused."""
        odd = [code for code, outcome in enumerate(outcomes) if outcome.odd]
        rows = (
            self._rows_of(codes, len(outcomes))
            if any(outcome.dates or outcome.counted for outcome in outcomes)
            else None
        )
        if rows is not None:
            for column in {outcome.dated for outcome in outcomes if outcome.dates}:
                dates = [outcome.dates if outcome.dated == column else 0 for outcome in outcomes]
                self.ledger.orders.of(column).dates += int(rows @ np.array(dates))
            for column in {outcome.dated for outcome in outcomes if outcome.counted}:
                counted = [code for code, outcome in enumerate(outcomes) if outcome.counted and outcome.dated == column]
                _add_counts(self.ledger, column, rows[counted] @ np.array([outcomes[code].counted for code in counted]))
        if not odd:
            return
        is_odd = np.zeros(len(outcomes), dtype=bool)
        is_odd[odd] = True
        unread: dict[tuple[str, str, str], list[int]] = {}
        shown: dict[int, tuple[str, str, str]] = {}
        for at in np.flatnonzero(is_odd[codes] & self.standing).tolist():
            outcome, line = outcomes[codes[at]], int(self.batch.lines[at])
            for remark, times in (outcome.remarks or {}).items():
                self.ledger.remarks[remark] += times
            for key in outcome.unread:
                unread.setdefault(key, []).append(line)
            if outcome.in_doubt:
                doubts = with_doubt(self.doubts[self.in_doubt[at]], outcome.in_doubt)
                if doubts not in self.doubts:
                    self.doubts.append(doubts)
                self.in_doubt[at] = self.doubts.index(doubts)
            if outcome.refused is not None:
                self.standing[at] = False
                if codes[at] not in shown:
                    refused = outcome.refused
                    shown[codes[at]] = self.ledger.as_shown(refused.column, clean(refused.value), refused.reason)
                self.ledger.quarantined.append(Quarantined(line, *shown[codes[at]]))
        for key, lines in unread.items():
            self.ledger.note_unread(key, lines)


def as_kept(rows: Rows, columns: Sequence[Column]) -> pa.Table:
    """The records of the rows that are in, of columns in the order of the card's `kept`."""
    at = np.flatnonzero(rows.standing)
    whole = len(at) == len(rows.standing)
    kept = rows.ledger.card.kept
    arrays = []
    for kind, values in zip(kept.values(), columns, strict=True):
        if values is None:
            arrays.append(pa.nulls(len(at), ARROW[kind]))
        elif isinstance(values, np.ndarray):
            arrays.append(pa.array(values if whole else values[at], ARROW[kind], from_pandas=True))
        elif isinstance(values, Values):
            arrays.append(values.coded(at))
        else:
            arrays.append(values if whole else values.take(pa.array(at)))
    return pa.table(arrays, list(kept))


def _cells(names: Sequence[str], cells: Cell) -> Cells:
    of_column = dict(zip(names, (cells,) if isinstance(cells, str) else cells, strict=True))
    return lambda name: of_column.get(name, "")


def _counts(ledger: Ledger, column: str) -> tuple[int, ...]:
    """The numbers that a column's dates and a file's progress are judged by; how many dates there are comes first."""
    tally, progress = ledger.orders.columns.get(column, NO_DATES), ledger.progress
    return (
        *(tally.dates, tally.only_day_first, tally.only_month_first, tally.either, tally.up_to_twelve, tally.turned),
        *(tally.only_year_first, tally.only_year_last, tally.either_year),
        *(progress.above_one, progress.fractions, progress.whole_ones, progress.ones_completed),
    )


def _add_counts(ledger: Ledger, column: str, more: np.ndarray) -> None:
    (first, last, either, low, turned), years, progressed = map(int, more[:5]), more[5:8], more[8:]
    above_one, fractions, whole, completed = map(int, progressed)
    if column:
        tally = ledger.orders.of(column)
        tally.only_day_first += first
        tally.only_month_first += last
        tally.either += either
        tally.up_to_twelve += low
        tally.turned += turned
        tally.only_year_first += int(years[0])
        tally.only_year_last += int(years[1])
        tally.either_year += int(years[2])
    progress = ledger.progress
    progress.above_one += above_one
    progress.fractions += fractions
    progress.whole_ones += whole
    progress.ones_completed += completed


def distinct(columns: Sequence[pa.Array], rows: int) -> tuple[np.ndarray, list[Any]]:
    """Of each row the place of its cells among those that differ."""
    if not columns:
        return np.zeros(rows, np.int32), [()]
    coded = [column.dictionary_encode() for column in columns]
    if len(coded) == 1:
        return coded[0].indices.to_numpy(), coded[0].dictionary.to_pylist()
    together = np.zeros(rows, np.int64)
    for array in coded:
        together = together * len(array.dictionary) + array.indices.to_numpy()
    codes = pa.array(together).dictionary_encode()
    rest, cells = codes.dictionary.to_numpy(), []
    for array in reversed(coded):
        rest, places = np.divmod(rest, len(array.dictionary))
        cells.append(array.dictionary.take(pa.array(places)).to_pylist())
    return codes.indices.to_numpy(), list(zip(*reversed(cells), strict=True))
