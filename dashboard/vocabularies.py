"""The sets of codes that files, figures and pages share, with the label and the other spellings of each code.

They are kept in data/reference/vocabularies.csv; countries and languages have reference tables of their own. A set is
in the order in which a legend or a menu lists it.
"""

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from dashboard.locales import ENGLISH, _, language, speaking
from dashboard.locales.numbers import with_commas
from dashboard.settings import REFERENCE

if TYPE_CHECKING:  # each process that reads a file would import it, which takes longer than a small file
    import pandas as pd

FILE = REFERENCE / "vocabularies.csv"
# Sets with a reference table of their own: its file, its column of codes.
OF_REFERENCE = {"country": ("countries", "iso3"), "language": ("languages", "language")}
EVERY = "all"
# Columns of answers that hold English names, and the set that has these names in other languages.
NAMED = {"country": "country", "origin": "country", "language_name": "language"}
REGIONS = ("region", "sub_region")
PLACE = "place_name"  # a column with countries or regions
UNKNOWN = "unknown"  # in a column of countries
NOT_STATED = "not stated"


class VocabularyError(Exception):
    """The file of vocabularies does not have a set, or has one twice or out of order."""


@dataclass(frozen=True)
class Code:
    """One code of a set; `synonyms` are what senders write in its place, compared without case."""

    code: str
    label: str
    synonyms: tuple[str, ...]


def words(set_name: str, only: Collection[str] = ()) -> dict[str, str]:
    """The label of each code of a set, or of some of them, in the reader's language, in the order of the set."""
    if set_name in OF_REFERENCE:
        return {**names(set_name), EVERY: _("All")}
    known = {code.code: code.label for code in codes(set_name)}
    if lacking := set(only) - known.keys():
        raise VocabularyError(f"{set_name} has no code {', '.join(sorted(lacking))}. It has: {', '.join(known)}.")
    return {code: _(label) for code, label in known.items() if not only or code in only}


def in_words(value: str, labels: Mapping[str, str]) -> str:
    """A code, or several behind commas, by their labels; what is no code of the set as it stands."""
    return value and with_commas(labels.get(code.strip(), code.strip()) for code in value.split(","))


def in_language(table: "pd.DataFrame", locale: str) -> "pd.DataFrame":
    """An answer with its countries, regions and languages named in a language; in English it is as it was.

    A name that the reference tables do not have, such as that of a hub's host, stands as it is.
    """
    if locale == ENGLISH:
        return table
    names: dict[str, Mapping[str, str]] = {
        column: names_by_english(known, locale) for column, known in NAMED.items() if column in table
    }
    with speaking(locale):
        names |= {
            column: {name: _(name) for name in table[column].dropna().unique()} for column in REGIONS if column in table
        }
        if PLACE in table:
            names[PLACE] = {**names_by_english("country", locale), **{region: _(region) for region in regions()}}
        if "country" in names:
            names["country"] = {**names["country"], UNKNOWN: _("Unknown")}
    return table.assign(**{column: table[column].map(known).fillna(table[column]) for column, known in names.items()})


def regions() -> tuple[str, ...]:
    """The regions and sub-regions of M49 that answers name, in English."""
    with (REFERENCE / "countries.csv").open(encoding="utf-8", newline="") as file:
        return tuple(sorted({row[column] for row in csv.DictReader(file) for column in REGIONS if row[column]}))


def set_names() -> tuple[str, ...]:
    """The names of all sets."""
    return (*OF_REFERENCE, *sets())


def spellings(set_name: str) -> dict[str, str]:
    """The code for each spelling of a set: the code itself and its synonyms, in small letters."""
    return {spelling.casefold(): code.code for code in codes(set_name) for spelling in (code.code, *code.synonyms)}


def stated(set_name: str) -> tuple[str, ...]:
    """What a file may state of a set, in its order: its codes but for *not stated*."""
    return tuple(code.code for code in codes(set_name) if code.code != NOT_STATED)


def codes(set_name: str) -> tuple[Code, ...]:
    """The codes of a set.

    Raises:
        VocabularyError: there is no such set.
    """
    if set_name not in sets():
        raise VocabularyError(f"vocabularies.csv has no set {set_name!r}. It has: {', '.join(sorted(sets()))}.")
    return sets()[set_name]


@cache
def sets() -> Mapping[str, tuple[Code, ...]]:
    """Every set by its name.

    Raises:
        VocabularyError: a code or a spelling stands twice in a set, or its order has a gap.
    """
    codes_of: dict[str, list[Code]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known = codes_of.setdefault(row["set"], [])
            if int(row["order"]) != len(known) + 1:
                raise VocabularyError(
                    f"{row['set']}: {row['code']!r} should have the order {len(known) + 1} (found: {row['order']})."
                )
            known.append(Code(row["code"], row["label"], tuple(filter(None, row["synonyms"].split("|")))))
    for name, known in codes_of.items():
        written = [spelling.casefold() for code in known for spelling in (code.code, *code.synonyms)]
        if twice := sorted({spelling for spelling in written if written.count(spelling) > 1}):
            raise VocabularyError(f"{name}: {twice} stands twice, so that it names no code.")
    return {name: tuple(known) for name, known in codes_of.items()}


def names(set_name: str) -> Mapping[str, str]:
    """The name of each country or language by its code, in the language of this run."""
    return _names(*OF_REFERENCE[set_name], language())


@cache
def names_by_english(set_name: str, locale: str) -> Mapping[str, str]:
    """The name of each country or language in a language, by its English name."""
    own, english = _names(*OF_REFERENCE[set_name], locale), _names(*OF_REFERENCE[set_name], ENGLISH)
    return {english[code]: name for code, name in own.items()}


@cache
def _names(table: str, key: str, locale: str) -> Mapping[str, str]:
    with (REFERENCE / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return {row[key]: row.get(f"name_{locale}") or row["name_en"] for row in csv.DictReader(file)}
