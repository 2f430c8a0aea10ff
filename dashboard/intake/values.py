"""Dates, whole numbers and degrees as senders write them; what cannot be read refuses its row."""

import datetime
import re
from collections.abc import Sequence
from functools import cache

from dashboard.intake import countries
from dashboard.intake.report import LONGEST_TEXT, Ledger, RowRefused, clean

# Groups of three are told apart by one and the same sign: 1,234,567 or 1 234 567, never both.
WHOLE_NUMBER = re.compile(r"\d{1,11}|[1-9]\d{0,2}([ \u00a0\u202f\u2009,])\d{3}(?:\1\d{3}){0,2}", re.ASCII)
MOST_PEOPLE = 10_000_000_000
DEGREES = re.compile(r"-?\d{1,3}(?:\.\d{1,10})?", re.ASCII)
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y")


@cache
def date_of(text: str, formats: tuple[str, ...]) -> datetime.date | None:
    """The date that one of the formats reads, or None. Never guesses an order of day and month."""
    for pattern in formats:
        try:
            return datetime.datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None


def need_date(text: str, ledger: Ledger, column: str) -> datetime.date:
    """The date in a cell, within the range of the source's card.

    Raises:
        RowRefused: the cell is blank, in none of the source's declared formats, or out of range.
    """
    date = date_of(clean(text), ledger.card.date_formats)
    if date is None:
        ledger.month_first += date_of(clean(text), MONTH_FIRST) is not None
        raise RowRefused(column, text, "not a date in a format of this source" if text.strip() else "blank")
    first, last = ledger.card.dates_within
    if not first <= date <= last:
        raise RowRefused(column, text, f"not between {first} and {last}")
    return date


def need_country(text: str, column: str, name: str = "") -> str:
    """The ISO 3166 alpha-3 code in a cell.

    Raises:
        RowRefused: no country of the reference has that code, or the name beside it is another country's.
    """
    code = countries.code_of(clean(text))
    if code is None:
        raise RowRefused(column, text, "no country has this code" if text.strip() else "blank")
    if countries.names().get(clean(name).casefold(), code) != code:
        raise RowRefused(column, text, f"the code belongs to another country than {clean(name)}")
    return code


def need_text(text: str, column: str) -> str:
    """The cleaned text of a cell.

    Raises:
        RowRefused: blank, or longer than 200 characters.
    """
    kept = clean(text)
    if not kept:
        raise RowRefused(column, text, "blank")
    if len(kept) > LONGEST_TEXT:
        raise RowRefused(column, text, f"longer than {LONGEST_TEXT} characters")
    return kept


def whole_number(text: str, column: str, missing: Sequence[str] = ("",)) -> int | None:
    """The number of people in a cell, or None where the sender writes one of `missing`.

    Raises:
        RowRefused: neither a whole number of at least 0 nor a sign of missing.
    """
    kept = clean(text)
    if kept in missing:
        return None
    number = int(re.sub(r"\D", "", kept)) if WHOLE_NUMBER.fullmatch(kept) else -1
    if not 0 <= number <= MOST_PEOPLE:
        raise RowRefused(column, text, "not a whole number of people")
    return number


def degrees(text: str, column: str, most: float) -> float:
    """A latitude or longitude.

    Raises:
        RowRefused: not a number between -most and most.
    """
    if not DEGREES.fullmatch(clean(text)):
        raise RowRefused(column, text, "not a number of degrees")
    value = float(clean(text))
    if not -most <= value <= most:
        raise RowRefused(column, text, f"not between -{most:.0f} and {most:.0f} degrees")
    return value
