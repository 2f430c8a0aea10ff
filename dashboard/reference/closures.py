"""UNESCO's record of school closures: a row where a status of a country begins, for each capture carried."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from dashboard.reference.carried import CLOSURES, Carried, carried, names, read_rows, write_rows

SOURCE = "unesco_closures"
# No row of the country on a day on which the file has rows of others.
NOT_LISTED = ""
# UNESCO's words until July 2020, and from October 2020 on.
EARLY = {"closed": "National", "partial": "Localized", "open": "Open"}
LATER = {"closed": "Closed due to COVID-19", "partial": "Partially open", "open": "Fully open"}
LATER["on_break"] = "Academic break"
NEW_WORDS_FROM = datetime.date(2020, 8, 1)

Statuses = Mapping[tuple[str, datetime.date], str]


def spells(days: Iterable[datetime.date], statuses: Statuses) -> Iterator[tuple[str, datetime.date, str]]:
    """Country, first day and status of each run of days with one status; days are those on which the file has rows.

    A country that the file leaves out after its first row gets a spell of `NOT_LISTED`.
    """
    for country in sorted({country for country, _day in statuses}):
        before = NOT_LISTED
        for day in days:
            status = statuses.get((country, day), NOT_LISTED)
            if status != before:
                yield country, day, status
            before = status


@cache
def turns(captured_on: datetime.date) -> Mapping[str, list[tuple[datetime.date, str]]]:
    """Of one capture carried, by country: the days on which a status begins, and the status."""
    turns_of: dict[str, list[tuple[datetime.date, str]]] = {}
    for row in read_rows(CLOSURES):
        if row["captured_on"] == captured_on.isoformat():
            turns_of.setdefault(row["country_iso3"], []).append(
                (datetime.date.fromisoformat(row["from_date"]), row["status"])
            )
    return turns_of


def write_out(capture: Carried, folder: Path) -> Path:
    """Writes a capture as UNESCO's file has it: a row a country and day, on the days on which that file has rows."""
    words, heading = (EARLY, "Scale") if capture.captured_on < NEW_WORDS_FROM else (LATER, "Status")
    of_country = names()

    def rows() -> Iterator[list[str]]:
        yield ["Date", "ISO", "Country", heading, "Note"]
        waiting = {country: list(begun) for country, begun in turns(capture.captured_on).items()}
        now: dict[str, str] = {}
        for day in capture.each_day():
            for country, begun in waiting.items():
                if begun and begun[0][0] == day:
                    now[country] = begun.pop(0)[1]
                if status := now.get(country, NOT_LISTED):
                    yield [f"{day:%d/%m/%Y}", country, of_country[country], words[status], ""]

    return write_rows(folder / capture.published_as, rows())


def captures() -> tuple[Carried, ...]:
    """The captures carried, the earliest first."""
    return carried(SOURCE)
