"""UNHCR's population by origin, host and year, in the layouts of its site, of its interface and of its older database.

A preamble may state when it was extracted. Where a type of population has a row of its own, its rows join one record.
"""

from collections import defaultdict
from typing import Any

from dashboard.intake.places import origin_of, place_of
from dashboard.intake.readers.rows import Cells, accepted, settled
from dashboard.intake.report import UNREADABLE, Ledger, RowRefused, clean
from dashboard.intake.tabular import Row, Table
from dashboard.intake.values import left_out, no_value, optional_number, whole, whole_number, written_date

FIRST_YEAR, LAST_YEAR = 1950, 2100
# Columns by which some layouts split a figure, with or without the rows of the whole beside those of the parts.
SPLIT_BY = ("sex", "age", "location")
NO_PART = ("",) * len(SPLIT_BY)
# How the publisher writes a place. It distinguishes some that have one code here, such as Unknown and Various, or two
# parts of what is one country today: their rows add up, and only what is written alike is the same row twice.
PLACES = ("origin_iso3", "origin", "origin_own", "host_iso3", "host", "host_own")
WHOLE = {"", "all", "total", "both"}
COUNTS = {"ref": 0, "roc": 0, "asy": 1}
COUNTED = {"refugee": 0, "asylum": 1}

Key = tuple[Any, ...]
Part = tuple[str, ...]
Counts = tuple[int | None, int | None]
Rows = list[tuple[Row, Counts]]


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record for each year, origin and host; the preamble gives the day of capture."""
    for line in table.preamble:
        if len(line) > 1 and clean(line[0]).casefold().rstrip(":") == "date extracted":
            written = written_date(clean(line[1]).split(" ")[0], ledger.card.date_formats)
            day = written and written.by(ledger.orders.declared)
            ledger.captured_on = day.isoformat() if day else UNREADABLE
    answers: dict[Key, dict[Part, Rows]] = defaultdict(lambda: defaultdict(list))
    for row, (key, breakdown, counts) in accepted(table, ledger, lambda _, cell: _answer(cell, ledger)):
        answers[key][breakdown].append((row, counts))
    totals: dict[Key, Counts] = {}
    for key, by_breakdown in answers.items():
        for rows in _making_up(by_breakdown, ledger):
            for counts in settled(rows, ledger, "year", "this year, origin and host have another row that says other"):
                totals[key[:3]] = _added(totals.get(key[:3], (None, None)), counts)
                ledger.publish([])
    ledger.rows += [(*key, *counts) for key, counts in totals.items()]


def _making_up(by_breakdown: dict[Part, Rows], ledger: Ledger) -> list[Rows]:
    """The rows of the whole figure, or of the parts that add up to it where there is no whole; others are set aside."""
    kept = {breakdown: rows for breakdown, rows in by_breakdown.items() if breakdown == NO_PART}
    reason = "a part of the figure; the row of all is read"
    if not kept:
        if len({tuple(map(bool, breakdown)) for breakdown in by_breakdown}) == 1 and all(
            map(_is_settled, by_breakdown.values())
        ):
            return list(by_breakdown.values())
        reason = "a part of a figure whose parts do not add up: they are split in several ways, or one says two things"
    for breakdown in by_breakdown.keys() - kept.keys():
        at = next(at for at, value in enumerate(breakdown) if value)
        for row, _ in by_breakdown[breakdown]:
            ledger.parts += bool(kept)
            ledger.quarantine(row.line, SPLIT_BY[at], breakdown[at], reason)
    return list(kept.values())


def _is_settled(rows: Rows) -> bool:
    return len({counts for _, counts in rows}) == 1


def _answer(cell: Cells, ledger: Ledger) -> tuple[Key, Part, Counts]:
    """What a row states, of which part, under year, origin, host, and what distinguishes it from their other rows."""
    year = _year(cell("year"), ledger)
    origin = origin_of(cell("origin_iso3"), cell("origin"), "origin_iso3", ledger)
    host = place_of(cell("host_iso3"), cell("host"), "host_iso3", ledger)
    named = (clean(cell(column)) for column in SPLIT_BY)
    breakdown = tuple("" if name.casefold() in WHOLE else name for name in named)
    kind = clean(cell("population_type")).casefold()
    written = [kind, *(clean(cell(column)).casefold() for column in PLACES)]
    if not kind:
        counts = (
            _main(cell("refugees"), "refugees", ledger),
            optional_number(cell("asylum_seekers"), "asylum_seekers", ledger),
        )
        return (year, origin, host, *written), breakdown, counts
    counted = COUNTS.get(kind, next((at for word, at in COUNTED.items() if kind.startswith(word)), None))
    value = None if counted is None else _main(cell("value"), "value", ledger)
    counts = (value if counted == 0 else None, value if counted == 1 else None)
    return (year, origin, host, *written), breakdown, counts


def _main(text: str, column: str, ledger: Ledger) -> int | None:
    """A count, or None where the publisher writes a sign of missing or of a count too small to show."""
    if not no_value(text):
        return whole_number(text, column)
    if clean(text) not in ("", "-"):
        left_out(text, column, "not shown by the publisher", ledger)
    return None


def _added(counts: Counts, other: Counts) -> Counts:
    refugees, waiting = (a if b is None else b if a is None else a + b for a, b in zip(counts, other, strict=True))
    return refugees, waiting


def _year(text: str, ledger: Ledger) -> int:
    """The year in a cell, also of a day that begins or ends it."""
    written = written_date(clean(text), ledger.card.date_formats)
    day = written and (written.day_first or written.month_first)
    year = day.year if day else whole(text)
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise RowRefused("year", text, "not a year")
    return year
