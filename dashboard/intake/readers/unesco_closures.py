"""UNESCO's record of school closures: three vocabularies, dates day first, one capture a file."""

import datetime
from collections import defaultdict

from dashboard.intake import countries
from dashboard.intake.readers.rows import Cells, PartsOfCountries, accepted
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Row, Table
from dashboard.intake.values import known_word, need_country, need_date

Record = tuple[datetime.date, str, str, str, str]

# UNESCO put Hong Kong and Macao under the code CHN until April 2020, beside China's own row.
UNDER_CHINA = {"HKG", "MAC"}
LETTERS_OF_CODE = 3


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record for each country and day; quarantines days that state two different things."""
    by_day: dict[tuple[datetime.date, str], list[tuple[Row, Record]]] = defaultdict(list)
    parts = PartsOfCountries(table)
    for row, record in accepted(table, ledger, lambda _, cell: _record(cell, ledger)):
        by_day[record[0], record[1]].append((row, record))
        parts.enter(row, record[1], record[0])
    for (_, country), rows_of_day in by_day.items():
        rows = parts.wholes(rows_of_day, country, ledger)
        if not rows:
            continue
        if len({record[3] for _, record in rows}) == 1:
            ledger.publish([rows[0][1]])
            ledger.collapsed += len(rows) - 1
        else:
            for row, record in rows:
                ledger.quarantine(row.line, "status", record[4], "the same country and day has another status too")
    moved = sum(len(rows) for (_, code), rows in by_day.items() if code != rows[0][1][2])
    if moved:
        ledger.notes.append(
            f"{moved} rows listed under CHN are kept as HKG and MAC: territories, not counted as countries."
        )


def _record(cell: Cells, ledger: Ledger) -> Record:
    on_date = need_date(cell("on_date"), ledger, "on_date")
    is_short = len(clean(cell("country_iso3"))) < LETTERS_OF_CODE
    code = need_country(cell("country_iso3"), "country_iso3", cell("country") if is_short else "")
    named = countries.names().get(clean(cell("country")).casefold(), code)
    if not (code == "CHN" and named in UNDER_CHINA):
        named = need_country(cell("country_iso3"), "country_iso3", cell("country"))
    written = clean(cell("status"))
    status = known_word(written, ledger)
    if status is None:
        raise RowRefused("status", written, "not a word of UNESCO's three vocabularies" if written else "blank")
    return on_date, named, code, status, written
