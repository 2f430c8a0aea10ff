"""Numbers and dates as people write them: 1.09 billion, 62.3 %, 26 June 2020.

A missing one is an en dash, or a double dagger where counts of people are hidden from the reader.
"""

import datetime
import math
from collections.abc import Iterable
from contextvars import ContextVar
from functools import lru_cache

import pandas as pd
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_compact_decimal, format_decimal

from dashboard.locales import LANGUAGE

MISSING, HIDDEN = "–", "‡"
NO_BREAK = "\u00a0"
WRITTEN_OUT_BELOW = 1_000_000
MOST_TICKS = 4

_mark: ContextVar[str] = ContextVar("mark", default=MISSING)
_whole: ContextVar[bool] = ContextVar("whole", default=False)


def mark_missing(mark: str, whole_percent: bool = False) -> None:
    """Has what is missing shown by this mark, and shares in whole percent, for the rest of this run of a page."""
    _mark.set(mark)
    _whole.set(whole_percent)


def is_whole_percent() -> bool:
    """Whether this run of a page writes shares in whole percent, as counts are rounded for its reader."""
    return _whole.get()


def missing() -> str:
    """What stands where there is no number."""
    return _mark.get()


def people(count: float | None) -> str:
    """A count at a glance: whole below a million, else three digits and the word."""
    return missing() if is_missing(count) else _people(float(count or 0))


@lru_cache(maxsize=20_000)
def _people(count: float) -> str:
    if abs(count) < WRITTEN_OUT_BELOW:
        return whole(count)
    digits = 2 if abs(count) / 1000 ** int(math.log10(abs(count)) // 3) < 10 else 1
    return format_compact_decimal(count, format_type="long", fraction_digits=digits, locale=LANGUAGE).replace(
        " ", NO_BREAK
    )


def whole(count: float | None) -> str:
    """A count to the last digit, grouped."""
    return missing() if is_missing(count) else format_decimal(int(count or 0), locale=LANGUAGE)


def share(value: float | None) -> str:
    """A share of 0 to 1 as percent with one decimal; without, where counts are rounded."""
    if _whole.get():
        return percent(value)
    return (
        missing()
        if is_missing(value)
        else format_decimal(round((value or 0) * 100, 1), "#,##0.0", LANGUAGE) + NO_BREAK + "%"
    )


def decimal(value: float | None) -> str:
    """A number with one decimal."""
    return missing() if is_missing(value) else format_decimal(value or 0, "#,##0.0", LANGUAGE)


def quotient(value: float | None) -> str:
    """A number with two decimals, such as credentials a learner."""
    return missing() if is_missing(value) else format_decimal(round(value or 0, 2), "#,##0.00", LANGUAGE)


def day(date: datetime.date | None) -> str:
    """A date with its month as a word."""
    return missing() if is_missing(date) else _day(date)


@lru_cache(maxsize=5_000)
def _day(date: datetime.date | None) -> str:
    return format_date(date, "d MMMM y", LANGUAGE)


def short_day(date: datetime.date | None) -> str:
    """A date with its month shortened, where room is scarce."""
    return missing() if is_missing(date) else format_date(date, "d MMM y", LANGUAGE)


def people_axis(most: float | None) -> dict[str, list]:
    """Ticks of an axis of people in words: plotly's own would say 0.5B. Up to one where the most is not known."""
    most = 1 if most is None or is_missing(most) else max(most, 1)
    power = 10 ** math.floor(math.log10(most))
    step = next(power * n for n in (0.25, 0.5, 1, 2, 5) if most / (power * n) <= MOST_TICKS)
    values = [step * n for n in range(int(most / step) + 2)]
    return {"tickvals": values, "ticktext": [people(value) for value in values]}


def percent(value: float | None) -> str:
    """A share of 0 to 1 as whole percent, as precise as most of these shares are known."""
    return (
        missing()
        if is_missing(value)
        else format_decimal(round((value or 0) * 100), "#,##0", LANGUAGE) + NO_BREAK + "%"
    )


def between(low: float | None, high: float | None) -> str:
    """The 95 % interval of a share."""
    if is_missing(low) or is_missing(high):
        return missing()
    return f"{share(low)[: -len(NO_BREAK) - 1]}\u2013{share(high)}"


def points(value: float | None) -> str:
    """A difference of two shares in percentage points, with its sign."""
    if is_missing(value):
        return missing()
    return format_decimal(round((value or 0) * 100, 1), "+#,##0.0;\u2212#,##0.0", LANGUAGE)


def days(count: float | None) -> str:
    """A number of days, with a half where the median lies between two."""
    return missing() if is_missing(count) else format_decimal(count or 0, "#,##0.#", LANGUAGE)


def month(date: datetime.date | None) -> str:
    """A month and its year."""
    return missing() if is_missing(date) else format_date(date, "MMM y", LANGUAGE)


def listed(names: Iterable[str]) -> str:
    """Names one after another, the last two joined by a word."""
    return format_list(list(names), locale=LANGUAGE)


def is_missing(value: object) -> bool:
    """Whether a cell holds nothing: None, NaN or NaT."""
    return value is None or value is pd.NA or value != value
