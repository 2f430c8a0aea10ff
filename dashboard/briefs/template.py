"""Templates: an empty table of a source to fill in, with a sheet before it that explains each column."""

from dashboard.briefs.tables import Cell, as_csv, as_xlsx
from dashboard.warehouse.catalog import SourceCard, SourceColumn

KINDS = {"BIGINT": "whole number", "DOUBLE": "number", "BOOLEAN": "Yes or No", "VARCHAR": "text"}
UNITS = {
    "_usd": "US dollars",
    "_days": "number of days",
    "hours": "number of hours",
    "latitude": "degrees, north is positive",
    "longitude": "degrees, east is positive",
    "_iso3": "ISO 3166 code of three letters",
}


def write_template(card: SourceCard, format_: str = "csv") -> bytes:
    """The template: a header and a row that shows how it is filled in; a workbook explains each column first."""
    table: list[list[Cell]] = [
        [column.headers[0] for column in card.columns],
        [column.example for column in card.columns],
    ]
    return as_csv(table) if format_ == "csv" else as_xlsx([("Columns", explained(card)), ("Table", table)])


def explained(card: SourceCard) -> list[list[Cell]]:
    """One line a column. No cell of it is a header alone, so that this is never read as the table itself."""
    lines: list[list[Cell]] = [
        ["Column of the sheet Table", "Meaning", "Must be there", "Unit or form", "Example", "Read as well"]
    ]
    for at, column in enumerate(card.columns, start=1):
        lines.append(
            [
                f"{at}. {column.headers[0]}",
                column.meaning,
                "yes" if column in card.lacking(()) else "",
                _form(card, column),
                f"such as: {column.example}" if column.example else "",
                f"or {', '.join(column.headers[1:])}" if column.headers[1:] else "",
            ]
        )
    return [*lines, *_notes(card)]


def _form(card: SourceCard, column: SourceColumn) -> str:
    kind = card.kept.get(column.name, "")
    if column.personal:
        return "text; becomes a key while it is read, or is dropped"
    for end, unit in UNITS.items():
        if column.name.endswith(end):
            return unit
    return "a day, such as 2020-05-28" if kind == "DATE" else KINDS.get(kind, "text")


def _notes(card: SourceCard) -> list[list[Cell]]:
    return [
        [],
        [f"One row: {card.grain}"],
        [f"How often: {card.comes}"],
        [f"Mind: {card.caveat}"],
        ["The row below the header of the sheet Table is an example: write over it."],
    ]
