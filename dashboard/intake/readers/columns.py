"""The walk of readers that go through whole columns: each distinct value is parsed once, and refused rows drop out.

The parsers are those that `rows.accepted` would call with one row after the other, and what comes of it is the same:
records, rows set aside with the reason that comes first, remarks with their counts.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.intake.columns import Batch, batches
from dashboard.intake.parquet import GROUP_ROWS, KEYS
from dashboard.intake.readers.people import need_keys
from dashboard.intake.readers.rows import Cells
from dashboard.intake.report import WHOLE_ROW, Ledger, RowRefused, clean
from dashboard.intake.tabular import Table
from dashboard.warehouse.schema import ARROW

# So many outcomes of one parser are remembered.
MOST_REMEMBERED = 200_000
# Times of which nothing but the day can matter, since they are in UTC, or in no zone.
IN_UTC = r"^\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3}|\.\d{6})?Z$"
NAIVE = IN_UTC.replace("Z$", "Z?$")
DAY = len("2018-01-31")

Parse = Callable[[Cells], Any]
# What is in a cell of one column, or in those of several.
Cell = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a parser made of some cells: a value, or why the row is set aside; and what it remarked."""

    value: Any = None
    refused: RowRefused | None = None
    remarks: Mapping[str, int] = field(default_factory=dict)
    month_first: int = 0
    # Whether there is something to tell of it but the value.
    odd: bool = False


NOTHING = Outcome()


@dataclass(frozen=True)
class Values:
    """One value a row: `codes` are places in `distinct`."""

    codes: np.ndarray
    distinct: Sequence[Any]

    def numpy(self, kind: str) -> np.ndarray:
        """The values as NumPy has them; a day that is missing is NaT."""
        return np.array(self.distinct, dtype=kind)[self.codes]

    def map(self, of_value: Callable[[Any], Any]) -> "Values":
        """What a function makes of each value that is there."""
        return Values(self.codes, [None if value is None else of_value(value) for value in self.distinct])

    def coded(self, rows: np.ndarray) -> pa.Array:
        """Those of some rows, as text that is there once for all rows in which it is the same."""
        places: dict[Any, int] = {}
        again = np.array([-1 if v is None else places.setdefault(v, len(places)) for v in self.distinct], np.int32)
        codes = again[self.codes[rows]]
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), pa.array(list(places), pa.string()))


# One column of records: Values, or an array of NumPy or Arrow; None where all of it is missing.
Column = Any


class Rows:
    """Rows of a batch on their way through a reader. Each call of a parser is the next step of every row still in."""

    def __init__(self, batch: Batch, ledger: Ledger, memory: list[dict[Cell, Any]]) -> None:
        self.batch, self.ledger = batch, ledger
        # What parsers remark is heard here, and counted for every row that it holds for.
        self.heard = replace(ledger, remarks=Counter(), month_first=0)
        self.standing = np.ones(len(batch.lines), dtype=bool)
        self._memory, self._step = memory, 0

    def each(self, parse: Parse, *columns: str) -> Values:
        """What `parse` makes of the cells of these columns; a row that it refuses is set aside."""
        found = [self.batch.columns[name] for name in columns if name in self.batch.columns]
        names = [name for name in columns if name in self.batch.columns]
        return self._parsed(parse, names, found, found)

    def day(self, parse: Parse, column: str) -> np.ndarray:
        """As `each`, for a time of which only the day is kept: those in UTC are parsed once a day."""
        if column not in self.batch.columns:
            return self.each(parse, column).numpy("datetime64[D]")
        cells = self.batch.columns[column]
        regular = pc.match_substring_regex(cells, NAIVE if self.ledger.zone == "UTC" else IN_UTC)
        days = pc.utf8_slice_codeunits(cells, 0, DAY)
        if regular.false_count:
            days = pc.if_else(regular, days, cells)
        return self._parsed(parse, [column], [cells], [days]).numpy("datetime64[D]")

    def number(self, parse: Parse, column: str) -> np.ndarray:
        """As `each`, for a number; NaN where it is missing."""
        return self.each(parse, column).numpy("float64")

    def flag(self, parse: Parse, column: str) -> np.ndarray:
        """As `each`, for yes or no, and no where it is missing."""
        return self.each(parse, column).numpy("bool")

    def holds(self, column: str) -> np.ndarray:
        """Whether there is anything in the cells of a column."""
        if column not in self.batch.columns:
            return np.zeros(len(self.standing), dtype=bool)
        cells = pc.utf8_trim_whitespace(self.batch.columns[column])
        return pc.not_equal(cells, pa.scalar("")).to_numpy(zero_copy_only=False)

    def keys(self, column: str) -> tuple[pa.Array, pa.Array]:
        """The keys of learners by id and by e-mail address; a row with neither is set aside."""
        identity = self.ledger.identity
        assert identity
        id_key, email_key = self._keys(identity.id_keys, column), self._keys(identity.email_keys, "email")
        nobody = pc.and_(id_key.is_null(), email_key.is_null()).to_numpy(zero_copy_only=False)
        self._by_hand(nobody, lambda cell: need_keys(cell, self.heard, column), (column, "email"))
        return id_key, email_key

    def refuse(self, where: np.ndarray, column: str, reason: str) -> None:
        """Sets rows aside for what several of their columns say together."""

        def refused(cell: Cells) -> None:
            raise RowRefused(column, cell(column), reason)

        self._by_hand(where, refused, (column,))

    def _keys(self, make: Callable[[Sequence[str]], Sequence[str | None]], column: str) -> pa.Array:
        if column not in self.batch.columns:
            return pa.nulls(len(self.standing), pa.string())
        made = self._next_memory()
        cells = self.batch.columns[column].to_pylist()
        new = [cell for cell in dict.fromkeys(cells) if cell not in made]
        made.update(zip(new, make(new), strict=True))
        return pa.array(map(made.__getitem__, cells), pa.string(), size=len(cells))

    def _parsed(
        self, parse: Parse, names: Sequence[str], cells: Sequence[pa.Array], stand_for: Sequence[pa.Array]
    ) -> Values:
        """The outcomes of a parser. Where that of `stand_for` is plain, it is the one of `cells`."""
        made = self._next_memory()
        codes, different = _distinct(stand_for, len(self.standing))
        counts = np.bincount(codes[self.standing], minlength=len(different))
        outcomes = self._outcomes(parse, names, different, made, counts)
        if stand_for is not cells and any(outcome.odd for outcome in outcomes):
            at = np.flatnonzero(np.array([outcome.odd for outcome in outcomes])[codes] & self.standing)
            again, different = _distinct([column.take(pa.array(at)) for column in cells], len(at))
            codes[at] = again + len(outcomes)
            outcomes += self._outcomes(parse, names, different, made)
        self._account(codes, outcomes)
        return Values(codes, [outcome.value for outcome in outcomes])

    def _by_hand(self, where: np.ndarray, parse: Parse, columns: Sequence[str]) -> None:
        """Has a parser look at some of the rows, which sets them aside."""
        at = np.flatnonzero(where & self.standing)
        if not len(at):
            return
        names = [name for name in columns if name in self.batch.columns]
        codes = np.zeros(len(self.standing), np.int64)
        codes[at], different = _distinct([self.batch.columns[name].take(pa.array(at)) for name in names], len(at))
        codes[at] += 1
        self._account(codes, [NOTHING, *self._outcomes(parse, names, different, {})])

    def _outcomes(
        self,
        parse: Parse,
        names: Sequence[str],
        different: Sequence[Cell],
        made: dict[Cell, Any],
        counts: np.ndarray | None = None,
    ) -> list[Outcome]:
        """What a parser makes of cells; not of those of which no row is left."""
        outcomes = list(map(made.get, different))
        for at in [at for at, outcome in enumerate(outcomes) if outcome is None]:
            cells = different[at]
            if counts is not None and not counts[at]:
                outcomes[at] = NOTHING
            else:
                outcomes[at] = made[cells] = self._outcome(parse, names, (cells,) if isinstance(cells, str) else cells)
        return [outcome or NOTHING for outcome in outcomes]

    def _outcome(self, parse: Parse, names: Sequence[str], cells: tuple[str, ...]) -> Outcome:
        of_column = dict(zip(names, cells, strict=True))
        heard = self.heard
        value, refused = None, None
        try:
            value = parse(lambda name: of_column.get(name, ""))
        except RowRefused as said:
            refused = said
        odd = refused is not None or bool(heard.remarks or heard.month_first)
        outcome = Outcome(value, refused, dict(heard.remarks), heard.month_first, odd)
        heard.remarks.clear()
        heard.month_first = 0
        return outcome

    def _account(self, codes: np.ndarray, outcomes: Sequence[Outcome]) -> None:
        """Enters what parsers remarked, and sets aside what they refused."""
        odd = [code for code, outcome in enumerate(outcomes) if outcome.odd]
        if not odd:
            return
        counts = np.bincount(codes[self.standing], minlength=len(outcomes))
        is_refused = np.zeros(len(outcomes), dtype=bool)
        for code in odd:
            for remark, times in outcomes[code].remarks.items():
                self.ledger.remarks[remark] += times * int(counts[code])
            self.ledger.month_first += outcomes[code].month_first * int(counts[code])
            is_refused[code] = outcomes[code].refused is not None
        refused = is_refused[codes] & self.standing
        self.standing &= ~refused
        for line, code in zip(self.batch.lines[refused].tolist(), codes[refused].tolist(), strict=True):
            self.ledger.set_aside(line, outcomes[code].refused)

    def _next_memory(self) -> dict[Cell, Any]:
        """What the parser of this step has made so far."""
        if self._step == len(self._memory):
            self._memory.append({})
        made = self._memory[self._step]
        self._step += 1
        if len(made) > MOST_REMEMBERED:
            made.clear()
        return made


def publish_columns(table: Table, ledger: Ledger, make: Callable[[Rows], Sequence[Column]]) -> None:
    """Publishes one record a row; one whose record was published already, or of somebody erased, is collapsed.

    `make` gives one column for each of the card's `kept`, the two keys of the learner first.
    """
    memory: list[dict[Cell, Any]] = []
    waiting: list[pa.Table] = []
    for batch in batches(table):
        ledger.rows_in += len(batch.lines) + len(batch.misfits)
        for row in batch.misfits:
            reason = f"the header has {len(table.header)} cells, the row {len(row.cells)}"
            ledger.quarantine(row.line, WHOLE_ROW, clean(",".join(row.cells)), reason)
        if len(batch.lines):
            rows = Rows(batch, ledger, memory)
            columns = make(rows)
            _drop_erased(rows, columns)
            waiting.append(_as_kept(rows, columns))
        if sum(some.num_rows for some in waiting) >= GROUP_ROWS:
            ledger.publish_once(pa.concat_tables(waiting))
            waiting.clear()
    if waiting:
        ledger.publish_once(pa.concat_tables(waiting))


def _as_kept(rows: Rows, columns: Sequence[Column]) -> pa.Table:
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


def _drop_erased(rows: Rows, columns: Sequence[Column]) -> None:
    ledger = rows.ledger
    if not ledger.erased_marks:
        return
    named = dict(zip(ledger.card.kept, columns, strict=True))
    erased = np.zeros(len(rows.standing), dtype=bool)
    for name in KEYS:
        erased |= np.array([ledger.is_erased_key(key) for key in named[name].to_pylist()])
    erased &= rows.standing
    rows.standing &= ~erased
    ledger.collapsed += int(erased.sum())
    ledger.erased += int(erased.sum())
    at = np.flatnonzero(erased)
    streams = [named[name].coded(at).to_pylist() for name in ledger.card.stream]
    ledger.streams.update(zip(*streams, strict=True))


def _distinct(columns: Sequence[pa.Array], rows: int) -> tuple[np.ndarray, list[Any]]:
    """Of each row the place of its cells among those that differ."""
    if not columns:
        return np.zeros(rows, np.int64), [()]
    coded = [column.dictionary_encode() for column in columns]
    if len(coded) == 1:
        return coded[0].indices.to_numpy().astype(np.int64), coded[0].dictionary.to_pylist()
    together = np.zeros(rows, np.int64)
    for one in coded:
        together = together * len(one.dictionary) + one.indices.to_numpy()
    different, first, codes = np.unique(together, return_index=True, return_inverse=True)
    cells = [one.take(pa.array(first)).to_pylist() for one in coded]
    return codes, list(zip(*cells, strict=True))
