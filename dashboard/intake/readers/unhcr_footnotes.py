"""Notes that UNHCR puts to its figures, most of them where a series breaks: one record for each year of a note."""

import re
from typing import Any

from dashboard.intake.places import place_of
from dashboard.intake.readers.rows import Cells, accepted
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Table
from dashboard.intake.values import no_value

# The longest that the publisher wrote has 849 characters.
LONGEST_NOTE = 4000
YEARS = re.compile(r"((?:19|20)\d\d)(?:\s*(?:-|–|—|to)\s*((?:19|20)\d\d))?", re.ASCII)
BETWEEN_YEARS = re.compile(r"\s*(?:[,;&]|\band\b)\s*")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a year; a row that states the same again is collapsed."""
    seen: set[tuple[Any, ...]] = set()
    for _, records in accepted(table, ledger, lambda _, cell: _records(cell, ledger)):
        new = [record for record in records if record not in seen]
        if new:
            seen.update(new)
            ledger.publish(new)
        else:
            ledger.collapsed += 1


def _records(cell: Cells, ledger: Ledger) -> list[tuple[Any, ...]]:
    note = clean(cell("footnote"))
    if not note:
        raise RowRefused("footnote", "", "blank")
    if len(note) > LONGEST_NOTE:
        raise RowRefused("footnote", "", f"longer than {LONGEST_NOTE} characters")
    origin, host = (_country(cell, what, ledger) for what in ("origin", "host"))
    kind = None if no_value(cell("population_type")) else clean(cell("population_type")).upper()
    return [(year, origin, host, kind, note) for year in _years(cell("years"))]


def _country(cell: Cells, what: str, ledger: Ledger) -> str | None:
    if no_value(cell(f"{what}_iso3")) and no_value(cell(what)):
        return None
    return place_of(cell(f"{what}_iso3"), cell(what), f"{what}_iso3", ledger)


def _years(text: str) -> list[int]:
    """The years of `2015 - 2016, 2018`."""
    years_named: set[int] = set()
    for span in BETWEEN_YEARS.split(clean(text)):
        years = YEARS.fullmatch(span.removesuffix(".0"))
        first, last = (int(years[1]), int(years[2] or years[1])) if years else (1, 0)
        if last < first:
            raise RowRefused("years", text, "not years such as 2015 - 2016, 2018" if clean(text) else "blank")
        years_named.update(range(first, last + 1))
    return sorted(years_named)
