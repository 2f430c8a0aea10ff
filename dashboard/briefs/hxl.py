"""Lists of who does what where, written back with HXL tags; what is written is read again as the same rows."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dashboard.briefs.tables import Cell, as_csv, as_xlsx
from dashboard.intake.headers import is_tag, tag_of
from dashboard.intake.report import DEMONSTRATION_MARK
from dashboard.refusals import Refusal
from dashboard.store.protocol import verify
from dashboard.store.releases import Release
from dashboard.warehouse.catalog import SourceCard, SourceColumn, sources

SOURCE = "contributions_5w"
DEMO = "demo"
# The columns of answers about who does what where, by their names; a column without a tag stays without.
TAGS: Mapping[str, str] = {
    "country_iso3": "#country+code+v_iso3",
    "country": "#country+name",
    "place": "#country+code+v_iso3",
    "place_name": "#country+name",
    "region": "#region+name",
    "member": "#org+name",
    "partner_id": "#org+id",
    "lead": "#org+lead+name",
    "supported_by": "#org+partner+list",
    "activity": "#activity+name",
    "activity_id": "#activity+id",
    "activity_type": "#activity+type",
    "mission": "#activity+group",
    "audience": "#beneficiary+type",
    "stage": "#status",
    "began_on": "#date+start",
    "ended_on": "#date+end",
    "told_on": "#date+reported",
    "activities": "#activity+num",
    "organisations": "#org+num",
    "people_in_need": "#inneed",
    "people_targeted": "#targeted",
    "people_reached": "#reached",
    "people_direct": "#reached+direct",
    "people_indirect": "#reached+indirect",
    "learners_direct": "#reached+learners+direct",
    "learners_indirect": "#reached+learners+indirect",
    "teachers_direct": "#reached+teachers+direct",
}


class NotOneList(Refusal):
    """There are no rows, or rows that stood so on different days, or some of a demonstration."""


def newest_rows(store: Path, release: Release, reported_by: str = "") -> list[dict[str, Any]]:
    """The newest rows of each sender in a release (or of one), as they came in and in that order.

    For an operator only: they are read from the snapshots, all of them and exact. Pages write what they asked for.

    Raises:
        NotOneList: there are none.
        StoreDamaged: a snapshot that the release was built from is not whole, or is gone.
    """
    rows: list[dict[str, Any]] = []
    for pin in release.manifest["snapshots"].get(SOURCE, ()):
        verify(store / pin["folder"])
        rows += pq.read_table(store / pin["folder"] / "rows.parquet").to_pylist()
    newest: dict[str, datetime.date] = {}
    for row in rows:
        newest[row["reported_by"]] = max(row["captured_on"], newest.get(row["reported_by"], row["captured_on"]))
    chosen = [
        row
        for row in rows
        if row["captured_on"] == newest[row["reported_by"]] and reported_by in ("", row["reported_by"])
    ]
    if not chosen:
        known = ", ".join(sorted(newest)) or "nobody"
        raise NotOneList(f"Release {release.number} holds no rows of {reported_by or 'anybody'}; it has: {known}.")
    return chosen


def write_hxl(rows: Iterable[Mapping[str, Any]], format_: str = "csv", source: str = SOURCE) -> bytes:
    """The rows as a file: the columns of the source's template, then their HXL tags, then one line a row.

    Args:
        rows: what the source keeps by name, with `captured_on` and `provenance`, in the order that is wanted.
        format_: csv or xlsx.
        source: name of a source whose columns have HXL tags.

    Raises:
        NotOneList: the rows are not of one day and one provenance, so that no single import gives them again.
    """
    card, table = sources()[source], list(rows)
    if len(kinds := {(row["captured_on"], row["provenance"]) for row in table}) > 1:
        days = ", ".join(sorted({str(day) for day, _ in kinds}))
        raise NotOneList(
            f"The rows stood so on several days ({days}), or some are of a demonstration, so that they are no one "
            "list. Export those of one sender, with --reported-by."
        )
    columns = tagged(card)
    lines: list[list[Cell]] = [
        [column.headers[0] for column, _ in columns],
        [tag for _, tag in columns],
        *([_hxl_cell(row.get(column.name), column.name) for column, _ in columns] for row in table),
    ]
    return as_csv(lines, mark=False) if format_ == "csv" else as_xlsx([("4W", lines)], headers=2)


def tag_answer(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """An answer about who does what where as CSV: the names of its columns, their HXL tags, then its rows."""
    tags = [TAGS.get(name, "") for name in columns]
    return as_csv([list(columns), tags, *([_hxl_cell(value, "") for value in row] for row in rows)], mark=False)


def tagged(card: SourceCard) -> list[tuple[SourceColumn, str]]:
    """The columns of a source of which something is kept, each with the first of its HXL tags."""
    kept = {*card.kept, "captured_on", "provenance"}
    return [
        (column, next(tag for header in column.headers if is_tag(tag := tag_of(header))))
        for column in card.columns
        if column.name in kept
    ]


def _hxl_cell(value: Any, name: str) -> Cell:
    if name == "provenance" and value == DEMO:
        return DEMONSTRATION_MARK
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
