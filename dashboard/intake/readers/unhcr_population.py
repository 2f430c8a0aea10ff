"""UNHCR's population by origin, host and year, below a preamble that says when it was extracted."""

from typing import Any

from dashboard.intake.readers.rows import Cells, accepted
from dashboard.intake.report import UNREADABLE, Ledger, RowRefused, clean
from dashboard.intake.tabular import Row, Table
from dashboard.intake.values import date_of, need_country, whole_number

# Unknown origin, stateless people, Tibetans: UNHCR's own codes beside the ISO ones.
ORIGINS_BEYOND_ISO = {"UNK", "XXA", "TIB"}
NOT_APPLICABLE = ("-", "")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record for each year, origin and host; the preamble gives the day of capture."""
    for line in table.preamble:
        if len(line) > 1 and clean(line[0]).casefold().rstrip(":") == "date extracted":
            day = date_of(clean(line[1]).split(" ")[0], (*ledger.card.date_formats, "%Y-%m-%d"))
            ledger.captured_on = day.isoformat() if day else UNREADABLE
    seen: set[tuple[Any, ...]] = set()

    def parse(row: Row, cell: Cells) -> tuple[Any, ...]:
        record = _record(cell)
        if record[:3] in seen:
            raise RowRefused("year", str(record[0]), "this year, origin and host have a row already")
        seen.add(record[:3])
        return record

    for _, record in accepted(table, ledger, parse):
        ledger.publish([record])


def _record(cell: Cells) -> tuple[Any, ...]:
    year = whole_number(cell("year"), "year")
    if year is None or not 1950 <= year <= 2100:
        raise RowRefused("year", cell("year"), "not a year")
    origin = clean(cell("origin_iso3")).upper()
    if origin not in ORIGINS_BEYOND_ISO:
        origin = need_country(origin, "origin_iso3", cell("origin"))
    host = need_country(cell("host_iso3"), "host_iso3", cell("host"))
    refugees = whole_number(cell("refugees"), "refugees", NOT_APPLICABLE)
    return year, origin, host, refugees, whole_number(cell("asylum_seekers"), "asylum_seekers", NOT_APPLICABLE)
