"""Numbers and dates as people write them: 1.09 billion, 62.3 %, 26 June 2020.

A missing one is an en dash, or a double dagger where counts of people are hidden from the reader.
"""

import datetime
import math
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Literal

import pandas as pd
from babel import Locale
from babel.dates import format_date, format_skeleton, get_datetime_format
from babel.lists import format_list
from babel.numbers import format_compact_decimal, format_decimal, get_decimal_symbol, get_group_symbol

from dashboard.locales import ENGLISH, _, is_right_to_left, language

MISSING, HIDDEN = "–", "‡"
NO_BREAK, LEFT_TO_RIGHT = "\u00a0", "\u200e"
# Where a language has its own: the wide ones of Chinese have their room within.
COMMAS, SEMICOLONS = {"ar": "\u060c ", "zh": "\uff0c"}, {"ar": "\u061b ", "zh": "\uff1b"}
WRITTEN_OUT_BELOW = 1_000_000
MOST_TICKS = 4
# CLDR's Russian ends a date with "г.", whose point stands beside that of a sentence.
YEAR = "\u00a0года"
LONG, SHORT, MONTH, INPUT = "long", "short", "month", "input"
_SLASHES = {LONG: "DD/MM/YYYY", SHORT: "DD/MM/YYYY", MONTH: "MM/YYYY", INPUT: "DD/MM/YYYY"}
WIDGET_DAYS = {
    "en": {LONG: "D MMMM YYYY", SHORT: "D MMM YYYY", MONTH: "MMM YYYY", INPUT: "YYYY-MM-DD"},
    "fr": _SLASHES,
    "es": _SLASHES,
    "ru": {LONG: "DD.MM.YYYY", SHORT: "DD.MM.YYYY", MONTH: "MM.YYYY", INPUT: "DD.MM.YYYY"},
    "zh": {LONG: "YYYY年M月D日", SHORT: "YYYY年M月D日", MONTH: "YYYY年M月", INPUT: "YYYY-MM-DD"},
    "ar": {LONG: "YYYY/MM/DD", SHORT: "YYYY/MM/DD", MONTH: "YYYY/MM", INPUT: "YYYY/MM/DD"},
}

_mark: ContextVar[str] = ContextVar("mark", default=MISSING)
_whole: ContextVar[bool] = ContextVar("whole", default=False)


def mark_missing(mark: str, whole_percent: bool = False) -> None:
    """Has what is missing shown by this mark, and shares in whole percent, for the rest of this run of a page."""
    _mark.set(mark)
    _whole.set(whole_percent)


@contextmanager
def own_marks() -> Iterator[None]:
    """What is set within by `mark_missing` ends with it."""
    mark, whole_percent = _mark.get(), _whole.get()
    try:
        yield
    finally:
        mark_missing(mark, whole_percent)


def is_whole_percent() -> bool:
    """Whether this run of a page writes shares in whole percent, as counts are rounded for its reader."""
    return _whole.get()


def missing() -> str:
    """What stands where there is no number."""
    return _mark.get()


def people(count: float | None) -> str:
    """A count at a glance: whole below a million, else three digits and the word."""
    return missing() if is_missing(count) else _people(float(count or 0), language())


@lru_cache(maxsize=20_000)
def _people(count: float, locale: str) -> str:
    if abs(count) < WRITTEN_OUT_BELOW:
        return whole(count)
    digits = 2 if abs(count) / 1000 ** int(math.log10(abs(count)) // 3) < 10 else 1
    # Where a language writes the word in full it is under `long`; Chinese has one sign for it, under `short`.
    kind: Literal["long", "short"] = "long" if "long" in Locale(locale).compact_decimal_formats else "short"
    return format_compact_decimal(count, format_type=kind, fraction_digits=digits, locale=locale).replace(" ", NO_BREAK)


def whole(count: float | None) -> str:
    """A count to the last digit, grouped."""
    return missing() if is_missing(count) else _in_pattern(str(int(count or 0)), None, language())


@lru_cache(maxsize=20_000)
def _in_pattern(number: str, pattern: str | None, locale: str) -> str:
    """A number by a pattern of CLDR; it comes as Python writes it, so that minus zero is not taken for zero."""
    return format_decimal(number, pattern, locale)


def share(value: float | None) -> str:
    """A share of 0 to 1 as percent with one decimal; without, where counts are rounded.

    Beside hidden figures a share of whole percent may be a rounded one, so a decimal would be false.
    """
    if _whole.get() or (_mark.get() == HIDDEN and _is_whole(value)):
        return percent(value)
    return missing() if is_missing(value) else _unless_tiny(value, 3, _in_percent, percent_sign(language()))


def decimal(value: float | None) -> str:
    """A number with one decimal."""
    return missing() if is_missing(value) else _unless_tiny(value, 1, _in_tenths)


def quotient(value: float | None) -> str:
    """A number with two decimals, such as credentials a learner."""
    return missing() if is_missing(value) else _unless_tiny(value, 2, _in_hundredths)


def is_tiny(value: float | None, digits: int) -> bool:
    """Whether a number that is not zero would be written as zero with so many decimals."""
    return not is_missing(value) and 0 < (value or 0) <= 0.5 * 10**-digits


def _unless_tiny(value: float | None, digits: int, written: Callable[[float | None], str], sign: str = "") -> str:
    """A number in words with the sign behind it; one that would read zero and is not is less than the least."""
    if is_tiny(value, digits):
        return _("less than {number}").format(number=written(10**-digits) + sign)
    return written(value) + sign


def cell_format(pattern: str, values: Iterable[object]) -> str:
    """A number format of Office for these values, by which one that would read zero and is not is less than the least.

    `pattern` is a format of Office with its decimals behind a point.
    """
    digits = pattern.count("0", pattern.index(".")) if "." in pattern else 0
    known = [float(value) for value in values if isinstance(value, int | float) and not is_missing(value)]
    scale = 2 if pattern.endswith("%") else 0
    if "%" not in pattern and not digits:
        return pattern  # counts
    if min(known, default=0) < 0 or not any(is_tiny(value, digits + scale) for value in known):
        return pattern
    sign = percent_sign(language()) if scale else ""
    number = _in_pattern(str(10**-digits), "0." + "0" * digits if digits else "0", language()) + sign
    words = _("less than {number}").format(number=number)
    return f'[=0]{pattern};[<{0.5 * 10 ** -(digits + scale):.{digits + scale + 1}f}]"{words}";{pattern}'


def _in_tenths(value: float | None) -> str:
    return _in_pattern(str(value or 0), "#,##0.0", language())


def _in_hundredths(value: float | None) -> str:
    return _in_pattern(str(round(value or 0, 2)), "#,##0.00", language())


def _is_whole(value: float | None) -> bool:
    """Whether a share is of whole percent."""
    return not is_missing(value) and abs((value or 0) * 100 - round((value or 0) * 100)) < 1e-9


def day(date: datetime.date | None) -> str:
    """A date with its month as a word."""
    return missing() if is_missing(date) else _day(date, language())


@lru_cache(maxsize=5_000)
def _day(date: datetime.date | None, locale: str) -> str:
    # CLDR's English puts the month first; the house writes the day first, as the United Nations do.
    written = format_date(date, "d MMMM y" if locale == ENGLISH else "long", locale)
    return _without_abbreviation(written, YEAR)


def moment(text: str) -> str:
    """A moment of ISO 8601, as it is kept, to the minute: the day with its month as a word, and the time.

    What is no moment stands as it is.
    """
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    pattern = str(get_datetime_format("medium", language()))
    return pattern.replace("{1}", day(at.date())).replace("{0}", f"{at:%H:%M}")


def short_day(date: datetime.date | None) -> str:
    """A date with its month shortened, where room is scarce."""
    return missing() if is_missing(date) else _short_day(date, language())


@lru_cache(maxsize=5_000)
def _short_day(date: datetime.date | None, locale: str) -> str:
    return _without_abbreviation(format_date(date, "d MMM y" if locale == ENGLISH else "medium", locale))


def widget_day(kind: str) -> str:
    """How a widget that writes dates itself is to write a day: LONG, SHORT or MONTH, or as INPUT what is typed.

    It knows the English names of months only, so other languages have numbers.
    """
    return WIDGET_DAYS[language()][kind]


def people_axis(most: float | None) -> dict[str, list]:
    """Ticks of an axis of people in words: plotly's own would show 0.5B. Up to one where the most is not known."""
    most = 1 if most is None or is_missing(most) else max(most, 1)
    power = 10 ** math.floor(math.log10(most))
    step = next(power * n for n in (0.25, 0.5, 1, 2, 5) if most / (power * n) <= MOST_TICKS)
    values = [step * n for n in range(int(most / step) + 2)]
    return {"tickvals": values, "ticktext": [people(value) for value in values]}


def percent(value: float | None) -> str:
    """A share of 0 to 1 as whole percent, as precise as most of these shares are known."""
    return missing() if is_missing(value) else _unless_tiny(value, 2, _in_whole_percent, percent_sign(language()))


def between(low: float | None, high: float | None) -> str:
    """The 95 % interval of a share."""
    if is_missing(low) or is_missing(high):
        return missing()
    written = _in_whole_percent if _whole.get() else _in_percent
    return f"{written(low)}\u2013{share(high)}"


def _in_percent(value: float | None) -> str:
    return _in_pattern(str(round((value or 0) * 100, 1)), "#,##0.0", language())


def _in_whole_percent(value: float | None) -> str:
    return _in_pattern(str(round((value or 0) * 100)), "#,##0", language())


@cache
def percent_sign(locale: str) -> str:
    """What follows the number of a percentage: the sign, and the space before it that the language has.

    English has one here, as the United Nations write it.
    """
    return NO_BREAK + "%" if locale == ENGLISH else Locale(locale).percent_formats[None].suffix[0]


def separators(locale: str) -> str:
    """The sign of decimals and that of thousands, as plotly wants them."""
    return get_decimal_symbol(locale) + get_group_symbol(locale)


def points(value: float | None) -> str:
    """A difference of two shares in percentage points, with its sign."""
    if is_missing(value):
        return missing()
    written = _in_pattern(str(round((value or 0) * 100, 1)), "+#,##0.0;\u2212#,##0.0", language())
    return signed(written[0], written[1:])


def signed(sign: str, number: str) -> str:
    """A number in words behind its sign, which stays before it where writing begins at the right."""
    return f"{LEFT_TO_RIGHT if is_right_to_left() else ''}{sign}{number}"


def days(count: float | None) -> str:
    """A number of days, with a half where the median lies between two."""
    return missing() if is_missing(count) else _in_pattern(str(count or 0), "#,##0.#", language())


def month(date: datetime.date | None) -> str:
    """A month and its year."""
    return missing() if is_missing(date) else _month(date, language())


@lru_cache(maxsize=2_000)
def _month(date: datetime.date | None, locale: str) -> str:
    return _without_abbreviation(format_skeleton("yMMM", date, locale=locale))


def _without_abbreviation(written: str, instead: str = "") -> str:
    return re.sub(r"\s*г\.$", instead, written)


def listed(names: Iterable[str]) -> str:
    """Names one after another, the last two joined by a word."""
    return format_list(list(names), locale=language())


def with_commas(parts: Iterable[str]) -> str:
    """Words one after another, behind the commas of the language."""
    return COMMAS.get(language(), ", ").join(parts)


def with_semicolons(parts: Iterable[str]) -> str:
    """Words one after another, behind the semicolons of the language."""
    return SEMICOLONS.get(language(), "; ").join(parts)


def is_missing(value: object) -> bool:
    """Whether a cell holds nothing: None, NaN or NaT."""
    return value is None or value is pd.NA or value != value
