"""The Oxford tracker's C1, school closing: a row where a level of a country begins; blank where there is no data."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from dashboard.reference.carried import OXFORD, Carried, carried, names, read_rows, write_rows

SOURCE = "oxcgrt_c1"
# The tracker's own code of Kosovo.
ITS_CODES = {"XKX": "RKS"}

Levels = Mapping[tuple[str, datetime.date], int]


def changes(days: Iterable[datetime.date], levels: Levels) -> Iterator[tuple[str, datetime.date, str]]:
    """Country, first day and level of each run of days with one level; blank where a run has none."""
    for country in sorted({country for country, _day in levels}):
        before: str | None = None
        for day in days:
            level = str(levels.get((country, day), ""))
            if level != before:
                yield country, day, level
            before = level


def write_out(capture: Carried, folder: Path) -> Path:
    """Writes the tracker's file: one row a country and one column a day."""
    days = list(capture.each_day())
    of_country = names()
    begun: dict[str, dict[datetime.date, str]] = {}
    for row in read_rows(OXFORD):
        begun.setdefault(row["country_iso3"], {})[datetime.date.fromisoformat(row["from_date"])] = row["level"]

    def rows() -> Iterator[list[str]]:
        yield ["", "country_code", "country_name", *(f"{day:%d%b%Y}" for day in days)]
        for number, (country, levels) in enumerate(begun.items(), 1):
            level, cells = "", []
            for day in days:
                level = levels.get(day, level)
                cells.append(level)
            yield [str(number), ITS_CODES.get(country, country), of_country[country], *cells]

    return write_rows(folder / capture.published_as, rows())


def captures() -> tuple[Carried, ...]:
    """The one file carried."""
    return carried(SOURCE)
