"""Dates, whole numbers and degrees as senders write them; what cannot be read refuses its row."""

import datetime
import re
from collections.abc import Sequence
from functools import cache

from dashboard.intake import countries
from dashboard.intake.report import LONGEST_TEXT, RowRefused, clean

WHOLE_NUMBER = re.compile(r"\d{1,15}|\d{1,3}(?:[ \u00a0\u202f\u2009,]\d{3}){1,4}", re.ASCII)


@cache
def date_of(text: str, formats: tuple[str, ...]) -> datetime.date | None:
    """The date that one of the formats reads, or None. Never guesses an order of day and month."""
    for pattern in formats:
        try:
            return datetime.datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None


def need_date(text: str, formats: tuple[str, ...], column: str) -> datetime.date:
    """The date in a cell.

    Raises:
        RowRefused: the cell is blank or in none of the source's declared formats.
    """
    date = date_of(clean(text), formats)
    if date is None:
        raise RowRefused(column, text, "not a date in a format of this source" if text.strip() else "blank")
    return date


def need_country(text: str, column: str) -> str:
    """The ISO 3166 alpha-3 code in a cell.

    Raises:
        RowRefused: no country of the reference has that code.
    """
    code = countries.code_of(clean(text))
    if code is None:
        raise RowRefused(column, text, "no country has this code" if text.strip() else "blank")
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
    if not WHOLE_NUMBER.fullmatch(kept):
        raise RowRefused(column, text, "not a whole number")
    return int(re.sub(r"\D", "", kept))


def degrees(text: str, column: str, most: float) -> float:
    """A latitude or longitude.

    Raises:
        RowRefused: not a number between -most and most.
    """
    try:
        value = float(clean(text))
    except ValueError:
        raise RowRefused(column, text, "not a number of degrees") from None
    if not -most <= value <= most:
        raise RowRefused(column, text, f"not between -{most:.0f} and {most:.0f} degrees")
    return value
