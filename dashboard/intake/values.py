"""Dates, whole numbers and degrees as senders write them; what cannot be read refuses its row."""

import datetime
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TypeVar

from dashboard.intake import countries, days
from dashboard.intake.days import Written, turned
from dashboard.intake.months import month_of
from dashboard.intake.report import LONGEST_TEXT, Ledger, RowRefused, clean, holds_address
from dashboard.intake.words import fold, is_missing, words
from dashboard.warehouse.catalog import sources

# Digits, in groups of three or not, and zeros behind a decimal sign, times ten to the power of none. Groups are
# distinguished by one and the same sign.
WHOLE_NUMBER = re.compile(
    r"(?P<whole>-?(?:\d{1,11}|"
    r"[1-9]\d{0,2}(?P<group>[ \u00a0\u202f\u2009,.'\u2019])\d{3}(?P<more>(?:(?P=group)\d{3}){0,2})))"
    r"(?:(?P<decimal>[.,])(?P<zeros>0{0,10}))?(?:[eE][+-]?0{1,3})?",
    re.ASCII,
)
# As South Asia parts a number, by lakh and crore: 1,23,456 and 1,23,45,678. No other country writes so.
LAKHS = re.compile(r"-?[1-9]\d?(?:,\d\d){1,3},\d{3}(?:\.0{0,10})?", re.ASCII)
THOUSAND = "000"
MOST_DIGITS = 11
DECIMAL = re.compile(r"-?\d{1,11}(?:\.\d{1,12})?", re.ASCII)
# A comma before three digits may part thousands, unless no thousand can begin so: 0,125 and 12345,678.
COMMA_DECIMAL = re.compile(r"-?(?:\d{1,11},(?:\d{1,2}|\d{4,12})|(?:0|\d{4,11}),\d{3})", re.ASCII)
# Groups of three and decimals, distinguished by two different signs, or groups alone by one that is no decimal sign.
GROUPED_DECIMAL = re.compile(
    r"(-?[1-9]\d{0,2}(?:([ \u00a0\u202f\u2009,.'\u2019])\d{3})(?:\2\d{3}){0,2})(?:([,.])(\d{1,12}))?", re.ASCII
)
ARABIC_SIGNS = frozenset("\u066b\u066c")
# Of Arabic signs one distinguishes thousands and the other decimals, so that nothing can be read in two ways.
ARABIC_WHOLE = re.compile(r"-?(?:\d{1,11}|[1-9]\d{0,2}(?:\u066c\d{3}){1,3})(?:\u066b0{1,10})?", re.ASCII)
MOST_PEOPLE = 10_000_000_000
DEGREES = re.compile(r"-?\d{1,3}(?:\.\d{1,10})?", re.ASCII)
# Fewer than so many, as publishers write a small count that they do not show.
TOO_FEW = re.compile(r"[<≤]\s?\d{1,3}|\d\s?[-–]\s?\d", re.ASCII)
# Formats in which others put the month first; nobody does who writes dots.
WITH_MONTH_FIRST = {"%d/%m/%Y": "%m/%d/%Y", "%d-%m-%Y": "%m-%d-%Y"}
# A year that stands first is followed by the month and the day, in every country.
YEAR_FIRST = re.compile(r"((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})|((?:19|20)\d\d)(\d\d)(\d\d)", re.ASCII)
YEAR_FIRST_IN_CHINESE = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日?", re.ASCII)
# Nobody who writes the month first puts dots.
DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?((?:19|20)\d\d)", re.ASCII)
# 1 April 2020, 01-Apr-20, April 1, 2020: the month is a word, so the order needs no declaration.
DAY_NAMED = re.compile(r"(\d{1,2})[-\s./]*(?:de\s)?([^\W\d_]{3,})[-\s./,]*(?:de\s)?(\d{4}|\d\d)")
NAMED_DAY = re.compile(r"([^\W\d_]{3,})[-\s.]*(\d{1,2})(?:st|nd|rd|th)?,?[-\s]+(\d{4})")
# Of two digits of a year, 69 and more are of the century before, as POSIX has it.
FIRST_OF_1900S = 69
FOUR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")
# Midnight behind a date, as data frames, spreadsheets and databases write it: no other day.
MIDNIGHT = re.compile(
    r"(?:[ T]|,\s)(?:0?0:00(?::00(?:\.0{1,9})?)?|12:00(?::00)? ?AM)(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?$"
    r"|(?<=\d) ?(?:UTC|GMT|Z)$",
    re.IGNORECASE | re.ASCII,
)
# Day 1 of a workbook's calendar, moved by its leap day that never was; numbers below are no dates in these sources.
DAY_ZERO = datetime.date(1899, 12, 30)
Read = TypeVar("Read")
SERIAL = re.compile(r"([2-6]\d{4})(?:\.0+)?", re.ASCII)


@cache
def date_of(text: str, formats: tuple[str, ...]) -> datetime.date | None:
    """The date in a text, or None: by one of the formats, with the year first, with dots, or with the month as a word.

    A time of zero behind it is no other day. Never guesses an order of day and month.
    """
    text = MIDNIGHT.sub("", _with_digits(text)).strip()
    for pattern in formats:
        try:
            return datetime.datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return _year_first(text) or _dotted(text) or _month_named(text) or _as_in_registers(text)


@cache
def written_date(text: str, formats: tuple[str, ...]) -> Written | None:
    """The date in a text by each order of day and month, or None where it is one by neither.

    2020-31-12 is no date, but states that the year stands before the day.

    The formats put the day first; those with slashes or hyphens are read with the month first too.
    """
    day_first = date_of(text, formats)
    month_first = date_of(text, tuple(WITH_MONTH_FIRST.get(pattern, pattern) for pattern in formats))
    if day_first or month_first:
        return Written(day_first, month_first)
    year_first = YEAR_FIRST.fullmatch(MIDNIGHT.sub("", _with_digits(text)).strip())
    return turned(*(year_first.group(1, 3, 4) if year_first[1] else year_first.group(5, 6, 7))) if year_first else None


def serial_date(text: str) -> datetime.date | None:
    """The date of which a spreadsheet shows the number, as 43922 for 1 April 2020, or None."""
    number = SERIAL.fullmatch(text)
    return DAY_ZERO + datetime.timedelta(days=int(number[1])) if number else None


def need_date(text: str, ledger: Ledger, column: str) -> datetime.date:
    """The date in a cell, in the file's order of day and month and within the range of the source's card.

    Raises:
        RowRefused: the cell is blank, in none of the source's formats, no date in that order, or out of range.
    """
    written = written_date(clean(text), ledger.card.date_formats)
    if written is None and (serial := serial_date(clean(text))):
        ledger.remarks["with a date written as a spreadsheet's number of days, read as the day it stands for"] += 1
        written = Written(serial, serial)
    if written is None:
        raise RowRefused(column, text, "not a date in a format of this source" if text.strip() else "blank")
    date = ledger.orders.day_of(written, column)
    if date is None:
        raise RowRefused(column, text, written.no_date(ledger.orders.declared))
    first, last = ledger.card.dates_within
    if not first <= date <= last:
        raise RowRefused(column, text, f"not between {first} and {last}")
    return date


def need_country(text: str, column: str, name: str = "") -> str:
    """The ISO 3166 alpha-3 code in a cell, which may be written as alpha-2 code or as name.

    Raises:
        RowRefused: no country of the reference has that code, or the name beside it is another country's.
    """
    written, name = countries.without_footnote(clean(text)), countries.without_footnote(clean(name))
    code = countries.code_of(written) or countries.of_alpha2(written, name) or countries.of_name(written)
    if code is None:
        raise RowRefused(column, text, "no country has this code" if text.strip() else "blank")
    if countries.names().get(name.casefold(), code) != code:
        raise RowRefused(column, text, f"the code belongs to another country than {name}")
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


def decimal(text: str) -> float | None:
    """The number in a text, or None: 6.5, 6,5, 1 234,5, 1,234.5 and digits of any script.

    None too where it can be read in two ways: 1,234 is a thousand to some and a little over one to others.
    """
    if ARABIC_SIGNS & set(text):
        text = text.replace("\u066c", "").replace("\u066b", ".")
    written = _with_plain_digits(text)
    if DECIMAL.fullmatch(written):
        return float(written)
    if COMMA_DECIMAL.fullmatch(written):
        return float(written.replace(",", "."))
    grouped = GROUPED_DECIMAL.fullmatch(written)
    if grouped is None or grouped[2] == grouped[3]:
        return None
    if grouped[2] in ",." and not grouped[3] and written.count(grouped[2]) == 1:
        return None
    return float(re.sub(r"[^\d-]", "", grouped[1]) + "." + (grouped[4] or "0"))


def whole(text: str) -> int | None:
    """The whole number in a text, or None: 3, -159, 3.0, 1,234, 1,23,456 and digits of any script; never rounded."""
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return int(text)
    if ARABIC_SIGNS & set(text):
        arabic = _with_digits(clean(text).replace("\u2212", "-"))
        return int(arabic.partition("\u066b")[0].replace("\u066c", "")) if ARABIC_WHOLE.fullmatch(arabic) else None
    written = _with_plain_digits(text)
    if LAKHS.fullmatch(written):
        return int(written.partition(".")[0].replace(",", ""))
    match = WHOLE_NUMBER.fullmatch(written)
    if match is None or _may_be_another(match):
        return None
    number = int(re.sub(r"\D", "", match["whole"]))
    return -number if written.startswith("-") else number


def _with_digits(text: str) -> str:
    """The text with digits of any script as 0 to 9."""
    return text if text.isascii() else "".join(str(unicodedata.decimal(c, c)) for c in text)


def _may_be_another(match: re.Match[str]) -> bool:
    """Whether a sign may be a decimal one or one between thousands: 1.234, 1,000 behind no other group, 1,234,0."""
    group, decimal = match["group"], match["decimal"]
    if group is None:
        few = len(match["whole"].lstrip("-0")) in range(1, 4)
        return decimal is not None and match["zeros"] == THOUSAND and (few or decimal == ",")
    return group == decimal or (group == "." and not match["more"] and decimal is None)


def _with_plain_digits(text: str) -> str:
    """The text with the digits 0 to 9 for those of any script, and plain signs for minus, decimals and groups."""
    written = clean(text).replace("\u2212", "-")
    # The sign of a footnote is no digit of the number before it: 1250² is not 12502.
    if written.isascii() or any(unicodedata.category(c) == "No" for c in written):
        return written
    digits = _with_digits(unicodedata.normalize("NFKC", written))
    return digits.replace("\u066b", ".").replace("\u066c", ",")


def whole_number(text: str, column: str, missing: Sequence[str] = ("",)) -> int | None:
    """The whole number in a cell, such as one of people, or None where the sender writes one of `missing`.

    Raises:
        RowRefused: neither a whole number of at least 0 nor a sign of missing.
    """
    if clean(text) in missing:
        return None
    number = whole(text)
    if number is None or not 0 <= number <= MOST_PEOPLE:
        raise RowRefused(column, text, "not a whole number")
    return number


def known_word(text: str, ledger: Ledger) -> str | None:
    """What a word of the source's vocabulary stands for, however its case, accents and signs; None for any other."""
    return _vocabulary(ledger.card.name).get(fold(text))


@cache
def _vocabulary(source: str) -> Mapping[str, str]:
    return {fold(word): kept for word, kept in sources()[source].vocabulary.items()}


def no_value(text: str) -> bool:
    """Whether a cell holds nothing, a sign or a word for missing, or a count too small to be shown, such as <5."""
    return is_missing(text) or fold(text) in words("withheld") or TOO_FEW.fullmatch(clean(text)) is not None


def optional_number(text: str, column: str, ledger: Ledger) -> int | None:
    """The whole number in a cell that the row does not need, or None; what cannot be read is remarked."""
    number = whole(text)
    if number is not None and 0 <= number <= MOST_PEOPLE:
        return number
    if not no_value(text):
        left_out(text, column, "not a whole number", ledger)
    return None


def optional_date(text: str, ledger: Ledger, column: str) -> datetime.date | None:
    """The date in a cell that the row does not need, or None; what cannot be read is remarked."""
    return optional(lambda text, column: need_date(text, ledger, column), text, column, ledger)


def optional(read: Callable[[str, str], Read], text: str, column: str, ledger: Ledger) -> Read | None:
    """What `read` makes of a cell that the row does not need, or None; what it refuses is remarked."""
    if no_value(text):
        return None
    try:
        return read(text, column)
    except RowRefused as refused:
        left_out(refused.value, column, refused.reason, ledger)
        return None


def left_out(text: str, column: str, reason: str, ledger: Ledger) -> None:
    """Remarks that a value of a column that the row does not need is not kept; the row is.

    A value is shown unless it may be about a person: of a file about people, or an address.
    """
    header = next((known.headers[0] for known in ledger.card.columns if known.name == column), column)
    is_hidden = ledger.card.people or holds_address(text) or not text.strip()
    shown = "" if is_hidden else clean(text)[:LONGEST_TEXT]
    ledger.left_out.setdefault((header, reason), Counter())[shown] += 1


def degrees(text: str, column: str, most: float) -> float:
    """A latitude or longitude, with a decimal point or comma.

    Raises:
        RowRefused: not a number between -most and most.
    """
    written = _with_plain_digits(text).replace(",", ".").removesuffix("°")
    if not DEGREES.fullmatch(written):
        raise RowRefused(column, text, "not a number of degrees")
    value = float(written)
    if not -most <= value <= most:
        raise RowRefused(column, text, f"not between -{most:.0f} and {most:.0f} degrees")
    return value


def _as_in_registers(text: str) -> datetime.date | None:
    """The day that files about people have it for, where it can be no other: 1er mars 2024, 17 марта 2024 г."""
    written = days.read(text, datetime.MAXYEAR) if FOUR_DIGITS.search(text) and not text.isdigit() else None
    return written.day_first if written and written.is_sure and written.time is None else None


def _dotted(text: str) -> datetime.date | None:
    match = DOTTED.fullmatch(text)
    return _day(int(match[3]), int(match[2]), int(match[1])) if match else None


def _year_first(text: str) -> datetime.date | None:
    if chinese := YEAR_FIRST_IN_CHINESE.fullmatch(text):
        return _day(*map(int, chinese.groups()))
    match = YEAR_FIRST.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(number) for number in (match.group(1, 3, 4) if match[1] else match.group(5, 6, 7)))
    return _day(year, month, day)


def _month_named(text: str) -> datetime.date | None:
    if match := DAY_NAMED.fullmatch(text):
        day, word, year = match.groups()
    elif match := NAMED_DAY.fullmatch(text):
        word, day, year = match.groups()
    else:
        return None
    month, full_year = month_of(word), int(year)
    if len(year) == len("99"):
        full_year += 1900 if full_year >= FIRST_OF_1900S else 2000
    return _day(full_year, month, int(day)) if month else None


def _day(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:  # such as 31 June
        return None
