"""The Oxford tracker's C1 in its wide layout: one row a country, one column a day."""

import datetime

from dashboard.intake.readers.rows import Cells, accepted
from dashboard.intake.report import FileRefused, Ledger, RowRefused, clean
from dashboard.intake.tabular import Row, Table
from dashboard.intake.values import date_of, need_country

LEVELS = {"0": 0, "1": 1, "2": 2, "3": 3}
NO_DATA = {"", "NA"}


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record for each country and day with data.

    Raises:
        FileRefused: no column is named like a day.
    """
    formats = ledger.card.date_formats
    days = [(at, day) for at, header in enumerate(table.header) if (day := date_of(clean(header), formats))]
    if not days:
        raise FileRefused("A file of oxcgrt_c1 has one column a day, named like 01Jan2020; this one has none.")
    twice = {day for _, day in days if [d for _, d in days].count(day) > 1}
    if twice:
        raise FileRefused(f"The header names {min(twice)} twice, so that day has two answers. Keep one of the columns.")
    seen: set[str] = set()

    def parse(row: Row, cell: Cells) -> list[tuple[str, datetime.date, int]]:
        code = need_country(cell("country_iso3"), "country_iso3", cell("country"))
        if code in seen:
            raise RowRefused("country_iso3", code, "the country has a row already")
        records = []
        for at, day in days:
            written = row.cells[at].strip()
            if written in LEVELS:
                records.append((code, day, LEVELS[written]))
            elif written not in NO_DATA:
                raise RowRefused(day.isoformat(), written, "not 0, 1, 2, 3, blank or NA")
        seen.add(code)
        return records

    for _, records in accepted(table, ledger, parse, blanks_may_be_left_out=False):
        ledger.publish(records)
