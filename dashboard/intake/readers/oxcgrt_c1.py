"""The Oxford tracker's C1: one row a country and one column a day, or one row a country and day, with parts or without.

Later layouts hold regions beside the nation. What stands for the nation is known by its mark, never by the order of
rows: `NAT_TOTAL` as jurisdiction, or else no region.
"""

import datetime
from collections import defaultdict
from collections.abc import Sequence

from dashboard.intake.readers.rows import Cells, accepted, settled
from dashboard.intake.report import FileRefused, Ledger, RowRefused, clean
from dashboard.intake.tabular import Row, Table
from dashboard.intake.values import need_country, need_date, no_value, optional, serial_date, whole, written_date

Record = tuple[str, datetime.date, int]
Answer = tuple[Record, ...]

LEVELS = range(4)
NATION = "NAT_TOTAL"
# Columns that name a part of a country where they hold anything.
PARTS = ("region_code", "region", "city_code", "city")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record for each country and day with data; of a row of many days an unreadable one is left out.

    Raises:
        FileRefused: neither is a column named like a day, nor has a row its own day and level.
    """
    days = _days(table, ledger)
    answers: dict[tuple[str, datetime.date | None], list[tuple[Row, Answer]]] = defaultdict(list)

    def parse(row: Row, cell: Cells) -> tuple[str, datetime.date | None, Answer]:
        code = need_country(cell("country_iso3"), "country_iso3", cell("country"))
        _refuse_parts(cell, ledger)
        if days:
            levels = ((day, optional(_level, row.cells[at], "level", ledger)) for at, day in days)
            known = tuple((code, day, level) for day, level in levels if level is not None)
            if not known and (wrong := next((text for at, _ in days if not no_value(text := row.cells[at])), "")):
                raise RowRefused("level", wrong, "not 0, 1, 2, 3, blank or NA, nor is another day of the row")
            return code, None, known
        on_date = need_date(cell("on_date"), ledger, "on_date")
        level = _level(cell("level"), "level")
        return code, on_date, () if level is None else ((code, on_date, level),)

    for row, (code, on_date, answer) in accepted(table, ledger, parse, blanks_may_be_left_out=not days):
        answers[code, on_date].append((row, answer))
    for rows in answers.values():
        for answer in settled(rows, ledger, "country_iso3", "the country has another row that says something else"):
            ledger.publish(answer)


def _days(table: Table, ledger: Ledger) -> Sequence[tuple[int, datetime.date]]:
    """Where each day's column stands; nothing where each row names its own day."""
    headers = [clean(header) for header in table.header]
    days = [(at, day) for at, header in enumerate(headers) if (day := _day(header, ledger))]
    if not days and not {"on_date", "level"} <= table.positions.keys():
        raise FileRefused(
            "A file of oxcgrt_c1 has one column a day, named like 01Jan2020, or a row a day with the columns Date and "
            "C1M_School closing; this one has neither."
        )
    twice = {day for _, day in days if [d for _, d in days].count(day) > 1}
    if twice:
        raise FileRefused(f"The header names {min(twice)} twice, so that day has two answers. Keep one of the columns.")
    return days


def _day(header: str, ledger: Ledger) -> datetime.date | None:
    written = written_date(header, ledger.card.date_formats)
    return ledger.orders.day_of(written, "on_date") if written else serial_date(header)


def _refuse_parts(cell: Cells, ledger: Ledger) -> None:
    """Sets aside a row of a region, of a city, or of the national government's own measures."""
    jurisdiction = clean(cell("jurisdiction"))
    named = next((name for name in PARTS if not no_value(cell(name))), "")
    if jurisdiction.upper() == NATION or not jurisdiction and not named:
        return
    ledger.parts += 1
    column = "jurisdiction" if jurisdiction else named
    raise RowRefused(column, cell(column), f"a part of the country or of its measures; only {NATION} is the nation")


def _level(text: str, column: str) -> int | None:
    if no_value(text):
        return None
    level = whole(text)
    if level not in LEVELS:
        raise RowRefused(column, text, "not 0, 1, 2, 3, blank or NA")
    return level
