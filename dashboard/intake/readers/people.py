"""What readers of files about people share: keys instead of persons, streams, times, flags, shares and bands.

What a row cannot do without refuses it; a value it can do without is left out and named in the report.
"""

import datetime
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from dashboard.intake import countries, days, words
from dashboard.intake.programmes import RESERVED, Stream, identifier, programme_of, programmes, stream_of
from dashboard.intake.readers.rows import Cells
from dashboard.intake.report import Ledger, RowRefused, clean, holds_address
from dashboard.intake.scale import SHARE
from dashboard.intake.values import decimal, need_text, whole

UNKNOWN = "unknown"
NOT_REPORTED = "not reported"
RESERVED_NAME = "the name of a total over several programmes; use another"
NOBODY = "neither an id nor an e-mail address, so this row is nobody's"
LEFT_OUT = "left out"
STREAM = ("program_slug", "program_name")
MOST_HOURS = 20_000.0
MOST_YEARS = 120
MINUS = ("-", "−", "–")
BANDS = ((17, "under 18"), (24, "18-24"), (34, "25-34"), (44, "35-44"), (59, "45-59"), (MOST_YEARS, "60 and over"))
# Two ages with a word or sign between them, or one with a word for less or more; folded, so without accents.
UNIT = r"(?: ?(?:years?|ans|anos|лет|岁|سنة))?"
AGE = re.compile(rf"(\d{{1,3}}){UNIT}")
AGES = re.compile(rf"(\d{{1,3}})(?: | ?(?:to|a|ate|et|y|до|至|到|الى) ?)(\d{{1,3}}){UNIT}")
YOUNGER = re.compile(rf"(?:under|below|less than|moins de|menos de|menor de|до|младше|اقل من|تحت) (\d{{1,3}}){UNIT}")
OLDER = re.compile(
    rf"(\d{{1,3}}){UNIT} (?:and over|and above|and older|or over|or above|or older|plus|et plus|y mas|o mas|ou mais"
    r"|e mais|и старше|以上|فاكثر)"
)
ABOVE = re.compile(rf"(?:over|above|older than|plus de|mas de|mais de|старше|اكثر من) (\d{{1,3}}){UNIT}")
FIRST_TIME = datetime.date(2000, 1, 1)
# 2023-W02, which libraries read as its Monday; a day of it has a number more.
A_WEEK = re.compile(r"\d{4}-?[Ww]\d{2}(?!-?\d)")
# A class may be announced long before it begins.
LONGEST_AHEAD = datetime.timedelta(5 * 366)
A_DAY = datetime.timedelta(1)
Value = TypeVar("Value")
# So many different texts of a column are remembered.
DISTINCT = 2**14


def need_keys(cell: Cells, ledger: Ledger, column: str) -> tuple[str | None, str | None]:
    """The keys of a learner by id and by e-mail address; one of them is there.

    Raises:
        RowRefused: both are blank.
    """
    assert ledger.identity
    id_key, email_key = ledger.identity.id_key(cell(column)), ledger.identity.email_key(cell("email"))
    if id_key is None and email_key is None:
        raise RowRefused(column, "", NOBODY)
    return id_key, email_key


def need_stream(cell: Cells, ledger: Ledger) -> Stream:
    """The partner and programme of a Coursera row, by its slug and name; what the sender declared goes before.

    Raises:
        RowRefused: neither the row nor the sender states it.
    """
    stream = _stream_written(cell("program_name"), cell("program_slug"))
    partner = ledger.partner or (stream.partner_id if stream else ledger.programme)
    programme = ledger.programme or (stream.programme_id if stream else ledger.partner)
    if not partner or not programme:
        what = "a code that names nobody" if cell("program_slug").strip() else "blank, and so is the name"
        raise RowRefused("program_slug", "", f"{what}; declare partner and programme (`--partner`, `--programme`)")
    return _free(Stream(partner, programme), "program_slug")


@lru_cache(DISTINCT)
def _stream_written(name: str, slug: str) -> Stream | None:
    for column, text in zip(STREAM, (slug, name), strict=True):
        if "@" in text:
            raise RowRefused(column, "", "an address, not a programme")
        streams = [stream_of(piece) for piece in re.split("[,;|]", clean(text))]
        if len(streams) > 1 and all(stream and stream.programme_id in programmes() for stream in streams):
            raise RowRefused(column, "", "several programmes in one cell; give each a row")
        if identifier(clean(text)) in RESERVED:
            raise RowRefused(column, "", RESERVED_NAME)
    return stream_of("" if words.is_missing(name) else clean(name), "" if words.is_missing(slug) else clean(slug))


def need_ids(cell: Cells, ledger: Ledger) -> Stream:
    """The partner and programme of a row of the coalition's own templates.

    Raises:
        RowRefused: blank, and not declared by the sender.
    """
    for column, declared in (("partner_id", ledger.partner), ("programme_id", ledger.programme)):
        if not declared and holds_address(cell(column)):
            raise RowRefused(column, "", "an address, and no partner or programme")
    partner = ledger.partner or _programme_id(cell("partner_id"))
    programme = ledger.programme or programme_of(_programme_id(cell("programme_id"))) or partner
    if not partner:
        raise RowRefused("partner_id", cell("partner_id"), "blank")
    return _free(Stream(partner, programme), "programme_id")


@lru_cache(DISTINCT)
def _programme_id(text: str) -> str:
    return "" if words.is_missing(text) else identifier(clean(text))


@lru_cache(DISTINCT)
def need_plain(text: str, column: str) -> str:
    """The cleaned text of a cell that names a thing, never a person.

    Raises:
        RowRefused: blank, longer than 200 characters, or with an address in it.
    """
    if holds_address(text):
        raise RowRefused(column, "", "holds an address")
    return need_text(text, column)


def need_known(text: str, column: str) -> str:
    """As `need_plain`, where a word for missing is blank too: N/A names no course and no university.

    Raises:
        RowRefused: missing, longer than 200 characters, or with an address in it.
    """
    return need_plain("" if words.is_missing(text) else text, column)


def plain(text: str, column: str) -> str | None:
    """As `need_plain`, None when blank."""
    return need_plain(text, column) if clean(text) else None


def optional_plain(text: str, ledger: Ledger, column: str) -> str | None:
    """As `need_plain`, None where missing or left out."""
    return None if words.is_missing(text) else optional(lambda: need_plain(text, column), text, ledger, column)


def optional(read: Callable[[], Value], text: str, ledger: Ledger, column: str) -> Value | None:
    """What a cell states that the row can do without; where it is refused, it is left out and named in the report."""
    try:
        return read()
    except RowRefused:
        ledger.not_understood(column, clean(text), ledger.line, LEFT_OUT)
        return None


def _free(stream: Stream, column: str) -> Stream:
    if {stream.partner_id, stream.programme_id} & RESERVED:
        raise RowRefused(column, "", RESERVED_NAME)
    return stream


def moment(text: str, ledger: Ledger, column: str, ahead: datetime.timedelta = A_DAY) -> datetime.date | None:
    """The day, in UTC, of a time with zone or of a naive one in the zone declared; None where missing or left out."""
    if not text or (not text[0].isdigit() and words.is_missing(text)):
        return None
    return optional(lambda: need_moment(text, ledger, column, ahead), text, ledger, column)


def need_moment(text: str, ledger: Ledger, column: str, ahead: datetime.timedelta = A_DAY) -> datetime.date:
    """As `moment`, for what the row needs.

    Raises:
        RowRefused: missing, not a time, before 2000, or later than `ahead` from today.
    """
    written = text.strip()
    if A_WEEK.match(written):
        raise RowRefused(column, text, "a week, and no day of it")
    try:
        time = datetime.datetime.fromisoformat(written)
        has_time = len(written) > len("2018-01-31")
    except ValueError:
        if words.is_missing(text):
            raise RowRefused(column, text, "blank") from None
        day, clock = _day_and_time(text, ledger, column, "not a time such as 2018-01-31T09:30:00Z or 31/01/2018 09:30")
        time, has_time = datetime.datetime.combine(day, clock or datetime.time()), clock is not None
    else:
        ledger.orders.of(column).dates += 1
    if time.tzinfo is None and ledger.zone != "UTC" and has_time:
        time = time.replace(tzinfo=_zone(ledger.zone))
    if time.tzinfo is not None:
        try:
            time = time.astimezone(datetime.UTC)
        except OverflowError:
            raise RowRefused(column, text, "not a time of this century") from None
    return _day_within(time.date(), FIRST_TIME, ledger, ahead, text, column)


def optional_day(text: str, ledger: Ledger, column: str) -> datetime.date | None:
    """A day, None where missing or left out."""
    if words.is_missing(text):
        return None
    return optional(lambda: need_day(text, ledger, column), text, ledger, column)


def need_day(text: str, ledger: Ledger, column: str) -> datetime.date:
    """A day, within the range of the source's card.

    Raises:
        RowRefused: missing, not a day, or later than tomorrow.
    """
    if words.is_missing(text):
        raise RowRefused(column, text, "blank")
    day, _time = _day_and_time(text, ledger, column, "not a date such as 2018-01-31 or 31/01/2018")
    return _day_within(day, ledger.card.dates_within[0], ledger, A_DAY, text, column)


def _day_and_time(text: str, ledger: Ledger, column: str, reason: str) -> tuple[datetime.date, datetime.time | None]:
    written = days.read(text, int(ledger.today[:4]))
    if written is None:
        raise RowRefused(column, text, reason)
    day = ledger.orders.day_of(written, column)
    if day is None:
        raise RowRefused(column, text, written.no_date(ledger.orders.declared))
    if not written.is_sure and not written.only and not ledger.orders.declared:
        ledger.in_doubt = with_doubt(ledger.in_doubt, column)
    return day, written.time


def with_doubt(columns: str, column: str) -> str:
    """The columns of a row whose day may be read in two ways, between commas, with one more."""
    return columns if column in columns.split(",") else f"{columns},{column}".strip(",")


def _day_within(
    day: datetime.date, first: datetime.date, ledger: Ledger, ahead: datetime.timedelta, text: str, column: str
) -> datetime.date:
    if not first <= day <= _last_day(ledger.today, ahead):
        raise RowRefused(column, text, f"not between {first} and {'today' if ahead == A_DAY else 'the years to come'}")
    return day


@cache
def _last_day(today: str, ahead: datetime.timedelta) -> datetime.date:
    return datetime.date.fromisoformat(today) + ahead


def yes_no(text: str, column: str) -> bool | None:
    """A flag that the row needs, None where missing.

    Raises:
        RowRefused: neither yes nor no.
    """
    flag = words.yes_or_no(text)
    if flag is None and not words.is_missing(text):
        raise RowRefused(column, text, "neither Yes nor No")
    return flag


def optional_yes_no(text: str, ledger: Ledger, column: str) -> bool | None:
    """A flag, None where missing or left out."""
    return optional(lambda: yes_no(text, column), text, ledger, column) if text else None


def progress(text: str, ledger: Ledger, is_completed: bool) -> float:
    """Progress as a share of 0 to 1: of a percentage, unless the sender declares shares.

    Raises:
        RowRefused: not a number, or outside of 0 to 100.
    """
    written = text.strip()
    in_percent = written.endswith(("%", "％", "٪"))
    value = number_in(written.rstrip("%％٪"), "progress", 1e6) if not words.is_missing(text) else None
    if value is None or not 0 <= value <= 100:
        raise RowRefused("progress", text, "blank" if value is None else "not between 0 and 100")
    if in_percent:
        return value / 100
    if ledger.progress_scale == SHARE:
        if value > 1:
            raise RowRefused("progress", text, "not a share between 0 and 1, as was stated")
        return value
    if value <= 1:
        ledger.progress.enter(value, is_completed)
    else:
        ledger.progress.above_one += 1
    return value / 100


def number(text: str, ledger: Ledger, column: str, most: float) -> float | None:
    """A number of 0 to `most`, None where missing or left out."""
    if not text or words.is_missing(text):
        return None
    return optional(lambda: number_in(text, column, most), text, ledger, column)


@lru_cache(DISTINCT)
def number_in(text: str, column: str, most: float) -> float:
    """A number of 0 to `most`.

    Raises:
        RowRefused: not a number, or out of range.
    """
    value = decimal(text)
    if value is None:
        raise RowRefused(column, text, "not a number, or one that can be read in two ways; write 1234.5")
    if not 0 <= value <= most:
        raise RowRefused(column, text, f"not between 0 and {most:.0f}")
    return value


def country(text: str, ledger: Ledger, column: str, name: str, by_nationality: bool = False) -> str:
    """The alpha-3 code for a country written as code or name; unknown when missing or not recognised, which is noted.

    `name` is what the country is called in the note; `by_nationality` reads Syrian and syrienne too.
    """
    code = _country(text)
    if code is None and by_nationality:
        code = countries.of_nationality(text)
    if code is None:
        written = clean(text)
        ledger.remarks[f"{name} is not a country that is known here, and is counted as unknown"] += 1
        ledger.not_understood(column, written, ledger.line, UNKNOWN)
        return UNKNOWN
    return code


def coded(text: str, ledger: Ledger, column: str, name: str, meaning: Callable[[str], str | None]) -> str:
    """What a word means; not reported when missing or not understood, which is noted."""
    code = meaning(text)
    if code is None and not words.is_missing(text):
        ledger.remarks[f"{name} is in no vocabulary of this source, and is counted as not reported"] += 1
        ledger.not_understood(column, clean(text), ledger.line, NOT_REPORTED)
    return code or NOT_REPORTED


def age_band(age: str, born: str, on_day: datetime.date, ledger: Ledger) -> str:
    """The band of an age in years, of a band as written, or of a date of birth on a day."""
    if not words.is_missing(age):
        if band := _band_written(age):
            if _is_far_from(band, born, on_day, int(ledger.today[:4])):
                ledger.remarks["the age is far from that of the date of birth beside it; the age is counted"] += 1
            return band
        ledger.not_understood("age", clean(age), ledger.line, NOT_REPORTED)
    if not words.is_missing(born):
        try:
            day, _time = _day_and_time(born, ledger, "born_on", "not a date")
        except RowRefused:
            ledger.not_understood("born_on", "", ledger.line, NOT_REPORTED)
        else:
            band = _band(_years(day, on_day))
            if band == NOT_REPORTED:
                ledger.not_understood("born_on", "", ledger.line, NOT_REPORTED)
            return band
    return NOT_REPORTED


def _is_far_from(band: str, born: str, on_day: datetime.date, this_year: int) -> bool:
    """Whether a date of birth that can be read in one way makes another band, and none beside it: an age may have been
    asked some years after the registration."""
    written = None if words.is_missing(born) else days.read(born, this_year)
    if written is None or not written.is_sure or written.day_first is None:
        return False
    names = [name for _, name in BANDS]
    of_birth = _band(_years(written.day_first, on_day))
    return of_birth in names and abs(names.index(of_birth) - names.index(band)) > 1


def _years(born: datetime.date, on_day: datetime.date) -> int:
    return on_day.year - born.year - ((on_day.month, on_day.day) < (born.month, born.day))


@cache
def _band_written(age: str) -> str:
    """The band of an age, or of two that lie in one band; empty where there is none, as for one below 0."""
    if age.strip().startswith(MINUS):
        return ""
    if (years := whole(age)) is not None:
        age = str(years)
    folded = words.fold(age.replace("+", " plus").replace("<", "under ").replace(">", "over "))
    if match := AGE.fullmatch(folded):
        first = last = int(match[1])
    elif two := AGES.fullmatch(folded):
        first, last = int(two[1]), int(two[2])
    elif match := YOUNGER.fullmatch(folded):
        first, last = 0, int(match[1]) - 1
    elif match := OLDER.fullmatch(folded):
        first, last = int(match[1]), MOST_YEARS
    elif match := ABOVE.fullmatch(folded):
        first, last = int(match[1]) + 1, MOST_YEARS
    else:
        return ""
    return _band(first) if _band(first) == _band(last) and last <= MOST_YEARS else ""


def _band(years: int) -> str:
    return next((band for most, band in BANDS if 0 <= years <= most), NOT_REPORTED)


@lru_cache(DISTINCT)
def _country(text: str) -> str | None:
    """The code, unknown where the cell is missing, None where it is no country that is known."""
    written = clean(text)
    # NA is what many write for missing, and Namibia to others.
    if not written or written.upper() == "NA":
        return UNKNOWN
    return countries.find(written) or (UNKNOWN if words.is_missing(written) else None)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
