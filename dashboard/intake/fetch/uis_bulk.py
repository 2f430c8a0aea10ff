"""UNESCO Institute for Statistics: its bulk file of other policy relevant indicators, a zip archive for each release.

Written from the documentation of the bulk data service: the archive holds the labels of indicators, and their figures
by country and year, as CSV. The address changes with each release, so it comes from the environment.
Settings: `address`, `first_year`, before which no figure is taken.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping

from dashboard.intake.fetch.client import FetchFailed
from dashboard.intake.fetch.uis import NAMES, Figures, take, write_figures
from dashboard.intake.fetch.ways import Client, Fetched, Order

LABELS, FIGURES = "OPRI_LABEL.csv", "OPRI_DATA_NATIONAL.csv"
COLUMNS = {LABELS: ("INDICATOR_ID", "INDICATOR_LABEL_EN"), FIGURES: ("INDICATOR_ID", "COUNTRY_ID", "YEAR", "VALUE")}
LARGEST = 2 * 1024**3  # unpacked; 2025's is a quarter of it


def fetch(order: Order, client: Client) -> Fetched:
    """One row a country; of each level the newest year in which both sexes are known, as in the publisher's table."""
    got = client.file(order.setting("address"), order.folder, order.known, takes_archive=True)
    what = client.shown(order.setting("address"))
    try:
        with zipfile.ZipFile(got.file) as archive:
            figures = _figures(archive, what)
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, EOFError, RuntimeError) as wrong:
        raise FetchFailed(
            f"{what} gives an archive that cannot be read ({type(wrong).__name__}). Try again later, or import a file "
            "you have."
        ) from wrong
    got.file.unlink()
    return Fetched(write_figures(order, figures), got.etag, got.modified, got.address_mark)


def _figures(archive: zipfile.ZipFile, what: str) -> Mapping[str, Figures]:
    """The figures of each column, by country and year."""
    named = {name.casefold(): figure for figure, name in NAMES.items()}
    columns = {
        row["INDICATOR_ID"]: named[row["INDICATOR_LABEL_EN"].casefold()]
        for row in _rows(archive, LABELS, what)
        if row["INDICATOR_LABEL_EN"].casefold() in named
    }
    if missing := sorted(set(NAMES) - set(columns.values())):
        raise FetchFailed(
            f"{what} has no indicator named {NAMES[missing[0]]!r}. It may have a new name: import a file, and tell "
            "whoever looks after the dashboard."
        )
    figures: dict[str, Figures] = {figure: {} for figure in NAMES}
    for row in _rows(archive, FIGURES, what):
        if (figure := columns.get(row["INDICATOR_ID"])) and row["VALUE"]:
            take(figures[figure], (row["COUNTRY_ID"], int(row["YEAR"])), float(row["VALUE"]), f"{what}: {figure}")
    return figures


def _rows(archive: zipfile.ZipFile, name: str, what: str) -> Iterator[dict[str, str]]:
    """The rows of a table of the archive, with the columns that are read; the table may stand in a folder.

    Raises:
        FetchFailed: the archive has no such table, or one that is too large or lacks a column.
    """
    members = [
        member for member in archive.infolist() if member.filename.rpartition("/")[2].casefold() == name.casefold()
    ]
    if len(members) != 1 or members[0].file_size > LARGEST:
        size = f"{members[0].file_size:,} bytes" if members else "none"
        raise FetchFailed(f"{what} should hold one table {name} of at most {LARGEST:,} bytes (found: {size}).")
    with archive.open(members[0]) as body:
        rows = csv.DictReader(io.TextIOWrapper(body, encoding="utf-8-sig", newline=""))
        columns = {str(column).upper(): str(column) for column in rows.fieldnames or ()}
        if missing := [column for column in COLUMNS[name] if column not in columns]:
            raise FetchFailed(
                f"{what} should answer with a column {missing[0]} in {name} (found: {', '.join(columns)[:200]}). It "
                "may have a new layout: import a file, and tell whoever looks after the dashboard."
            )
        for row in rows:
            yield {column: row[columns[column]] for column in COLUMNS[name]}
