"""Country codes and names as senders write them, against data/reference/countries.csv."""

import csv
from collections.abc import Mapping
from functools import cache

from dashboard.settings import REFERENCE

# The Oxford tracker writes RKS for Kosovo, which the reference keeps as XKX.
CODE_ALIASES = {"RKS": "XKX"}


@cache
def codes() -> frozenset[str]:
    """Every ISO 3166 alpha-3 code (and XKX, ANT) of the reference."""
    return frozenset(row["iso3"] for row in _rows())


@cache
def alpha2() -> Mapping[str, str]:
    """ISO 3166 alpha-2 codes, to the alpha-3 code of the same country."""
    return {row["iso2"]: row["iso3"] for row in _rows() if row["iso2"]}


@cache
def names() -> Mapping[str, str]:
    """English names, folded, to the code they belong to."""
    known: dict[str, str] = {}
    for row in _rows():
        for name in (row["name_en"], *row["also_known_as"].split("|")):
            known.setdefault(name.casefold(), row["iso3"])
    known.pop("", None)
    return known


@cache
def names_of_all_languages() -> Mapping[str, str]:
    """Names in the six languages of the United Nations, folded, to the code they belong to."""
    known: dict[str, str] = {}
    for row in _rows():
        for language in ("fr", "es", "ru", "zh", "ar"):
            known.setdefault(row[f"name_{language}"].casefold(), row["iso3"])
    known.pop("", None)
    return known


def code_of(written: str) -> str | None:
    """The reference code for a code as written, or None when there is no such country."""
    code = CODE_ALIASES.get(written.upper(), written.upper())
    return code if code in codes() else None


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with (REFERENCE / "countries.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
