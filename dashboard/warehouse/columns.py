"""How people read a column of an answer: its label, unit and number format, against queries/columns.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dashboard.settings import QUERIES
from dashboard.vocabularies import set_names

FILE = QUERIES / "columns.toml"
# The SQL types that a format can show; `code` shows none.
TYPES_OF = {
    "count": {"BIGINT"},
    "people": {"BIGINT", "DOUBLE"},
    "share": {"DOUBLE"},
    "points": {"DOUBLE"},
    "days": {"BIGINT", "DOUBLE"},
    "weeks": {"BIGINT", "DOUBLE"},
    "hours": {"DOUBLE"},
    "usd": {"BIGINT", "DOUBLE"},
    "decimal": {"DOUBLE"},
    "index": {"DOUBLE"},
    "date": {"DATE"},
    "month": {"DATE"},
    "year": {"BIGINT"},
    "text": {"VARCHAR"},
    "flag": {"BOOLEAN"},
    "words": {"VARCHAR"},
    "code": {"VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "DATE"},
}
UNITS = {
    "people": "people",
    "share": "percent",
    "points": "percentage points",
    "days": "days",
    "weeks": "weeks",
    "hours": "hours",
    "usd": "US dollars",
    "date": "date",
    "month": "month",
    "year": "year",
    "flag": "yes or no",
}
# How a metric of each unit is written; any other unit is what is counted.
FORMAT_OF_UNIT = {
    "share": "share",
    "people": "people",
    "learners": "people",
    "learner-days": "people",
    "hours": "hours",
    "rate": "decimal",
    "times": "decimal",
    "per learner": "decimal",
    "ECTS": "decimal",
    "index": "index",
    "weeks": "weeks",
    "yes or no": "flag",
    "pass or fail": "flag",
}


class CatalogError(Exception):
    """A header or a card states something the catalogue does not know."""


@dataclass(frozen=True)
class ColumnCard:
    """What people read of a column: its label, how its values are written, and the set of words its codes are of."""

    label: str
    format: str
    words: str = ""


# Of columns that no page shows.
UNSHOWN = ColumnCard("", "code")


@dataclass(frozen=True)
class Column:
    """A column of an answer: its name and SQL type for machines, its meaning, its card for people, and the question."""

    name: str
    type: str
    meaning: str
    card: ColumnCard = UNSHOWN
    question: str = ""

    @property
    def label(self) -> str:
        """Its heading."""
        return self.card.label

    @property
    def unit(self) -> str:
        """What its numbers are in; empty where they are counts of what the label names, and for texts."""
        return UNITS.get(self.card.format, "")

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers."""
        return self.card.format not in ("text", "words", "flag", "code", "date", "month")

    @property
    def is_for_people(self) -> bool:
        """Whether a table that people read may show it; codes, positions and coordinates are in the CSV only."""
        return self.card.format != "code"


@cache
def column_cards() -> Mapping[str, ColumnCard]:
    """The card of each column by its name.

    Raises:
        CatalogError: a format or a set of words is unknown, a label is missing, or a name stands twice.
    """
    cards: dict[str, ColumnCard] = {}
    for format_, entries in tomllib.loads(FILE.read_text(encoding="utf-8")).items():
        for name, entry in entries.items():
            if name in cards:
                raise CatalogError(f"columns.toml: {name} has two entries, {cards[name].format} and {format_}.")
            fields = {"label": entry} if isinstance(entry, str) else entry
            cards[name] = checked_card(
                fields.get("label", ""), format_, fields.get("words", ""), f"columns.toml: {name}"
            )
    return cards


def checked_card(label: str, format_: str, words: str, where: str) -> ColumnCard:
    """A card whose format and set of words exist.

    Raises:
        CatalogError: they do not, or there is no label.
    """
    if format_ not in TYPES_OF:
        raise CatalogError(f"{where}: {format_!r} is no format. Use one of: {', '.join(TYPES_OF)}.")
    if bool(words) != (format_ == "words") or (words and words not in set_names()):
        raise CatalogError(
            f"{where}: the format `words`, and no other, wants a set of vocabularies.csv (found: {words!r}). It has: "
            f"{', '.join(set_names())}."
        )
    if not label:
        raise CatalogError(f"{where}: has no label.")
    return ColumnCard(label, format_, words)
