"""What readers of files about people share: keys instead of persons, streams, times, flags, shares and bands."""

import datetime
import re
import unicodedata
from functools import cache
from zoneinfo import ZoneInfo

from dashboard.intake import countries
from dashboard.intake.identity import NOTHING
from dashboard.intake.programmes import RESERVED, Stream, identifier, programmes, stream_of
from dashboard.intake.readers.rows import Cells
from dashboard.intake.report import Ledger, RowRefused, clean, holds_address
from dashboard.intake.values import date_of, need_text

UNKNOWN = "unknown"
NOT_REPORTED = "not reported"
YES = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
NUMBER = re.compile(r"-?\d{1,7}(?:[.,]\d{1,6})?", re.ASCII)
# 1,234 is a thousand to some and a little over one to others.
THOUSANDS = re.compile(r"-?\d{1,3},\d{3}", re.ASCII)
MOST_HOURS = 20_000.0
BANDS = ((17, "under 18"), (24, "18-24"), (34, "25-34"), (44, "35-44"), (59, "45-59"), (120, "60 and over"))
BAND_OF = {
    "under 18": "under 18",
    "<18": "under 18",
    "0-17": "under 18",
    "18-24": "18-24",
    "25-34": "25-34",
    "35-44": "35-44",
    "45-59": "45-59",
    "60 and over": "60 and over",
    "60+": "60 and over",
}
YEARS = re.compile(r"\d{1,3}", re.ASCII)
FIRST_TIME = datetime.date(2000, 1, 1)


def need_keys(cell: Cells, ledger: Ledger, column: str) -> tuple[str | None, str | None]:
    """The keys of a learner by id and by e-mail address; one of them is there.

    Raises:
        RowRefused: both are blank.
    """
    assert ledger.identity
    id_key, email_key = ledger.identity.id_key(cell(column)), ledger.identity.email_key(cell("email"))
    if id_key is None and email_key is None:
        raise RowRefused(column, "", "neither an id nor an e-mail address, so this row is nobody's")
    return id_key, email_key


def need_stream(cell: Cells, ledger: Ledger) -> Stream:
    """The partner and programme of a Coursera row, by slug, else by name; what the sender declared goes before.

    Raises:
        RowRefused: neither the row nor the sender says it.
    """
    for column in ("program_slug", "program_name"):
        if "@" in cell(column):
            raise RowRefused(column, "", "an address, not a programme")
        parts = [stream_of(part) for part in re.split("[,;|]", clean(cell(column)))]
        if len(parts) > 1 and all(part and part.programme_id in programmes() for part in parts):
            raise RowRefused(column, "", "several programmes in one cell; give each a row")
    told = stream_of(clean(cell("program_slug"))) or stream_of(clean(cell("program_name")))
    partner = ledger.partner or (told.partner_id if told else ledger.programme)
    programme = ledger.programme or (told.programme_id if told else ledger.partner)
    if not partner or not programme:
        raise RowRefused("program_slug", "", "blank, and so is the name; say --partner and --programme")
    return _free(Stream(partner, programme), "program_slug")


def need_ids(cell: Cells, ledger: Ledger) -> Stream:
    """The partner and programme of a row of the coalition's own templates.

    Raises:
        RowRefused: blank, and not declared by the sender.
    """
    partner = ledger.partner or identifier(clean(cell("partner_id")))
    programme = ledger.programme or identifier(clean(cell("programme_id"))) or partner
    if not partner:
        raise RowRefused("partner_id", cell("partner_id"), "blank")
    return _free(Stream(partner, programme), "programme_id")


def need_plain(text: str, column: str) -> str:
    """The cleaned text of a cell that names a thing, never a person.

    Raises:
        RowRefused: blank, longer than 200 characters, or with an address in it.
    """
    if holds_address(text):
        raise RowRefused(column, "", "holds an address")
    return need_text(text, column)


def plain(text: str, column: str) -> str | None:
    """As `need_plain`, None when blank."""
    return need_plain(text, column) if clean(text) else None


def _free(stream: Stream, column: str) -> Stream:
    if {stream.partner_id, stream.programme_id} & RESERVED:
        raise RowRefused(column, "", "the name of a total over several programmes; use another")
    return stream


def moment(text: str, ledger: Ledger, column: str) -> datetime.date | None:
    """The day, in UTC, of a time with zone or of a naive one in the zone declared; None when blank.

    Raises:
        RowRefused: not ISO 8601, before 2000, or later than the day after today.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    if not written:
        return None
    try:
        time = datetime.datetime.fromisoformat(written)
    except ValueError:
        raise RowRefused(column, text, "not a time such as 2018-01-31T09:30:00Z or 2018-01-31 09:30:00") from None
    if time.tzinfo is None and ledger.zone != "UTC" and len(written) > 10:
        time = time.replace(tzinfo=_zone(ledger.zone))
    if time.tzinfo is not None:
        try:
            time = time.astimezone(datetime.UTC)
        except OverflowError:
            raise RowRefused(column, text, "not a time of this century") from None
    if not FIRST_TIME <= time.date() <= datetime.date.fromisoformat(ledger.today) + datetime.timedelta(1):
        raise RowRefused(column, text, f"not between {FIRST_TIME} and today")
    return time.date()


def need_moment(text: str, ledger: Ledger, column: str) -> datetime.date:
    """As `moment`, where blank is refused."""
    found = moment(text, ledger, column)
    if found is None:
        raise RowRefused(column, text, "blank")
    return found


def optional_day(text: str, ledger: Ledger, column: str) -> datetime.date | None:
    """A day in one of the card's formats, None when blank.

    Raises:
        RowRefused: in no format of the card, or later than tomorrow.
    """
    if not text.strip():
        return None
    found = date_of(clean(text), ledger.card.date_formats)
    first, _last = ledger.card.dates_within
    if found is None:
        raise RowRefused(column, text, "not a date in a format of this source")
    if not first <= found <= datetime.date.fromisoformat(ledger.today) + datetime.timedelta(1):
        raise RowRefused(column, text, f"not between {first} and today")
    return found


def yes_no(text: str, column: str) -> bool | None:
    """A flag, None when blank.

    Raises:
        RowRefused: neither yes nor no.
    """
    written = unicodedata.normalize("NFKC", text).strip().casefold()
    if not written:
        return None
    if written not in YES:
        raise RowRefused(column, text, "neither Yes nor No")
    return YES[written]


def progress(text: str) -> float:
    """Progress as a share of 0 to 1.

    Raises:
        RowRefused: not a number, or outside of 0 to 100.
    """
    value = number(text.strip().rstrip("%％"), "progress", 1e6)
    if value is None or not 0 <= value <= 100:
        raise RowRefused("progress", text, "not between 0 and 100" if text.strip() else "blank")
    return value / 100


def number(text: str, column: str, most: float) -> float | None:
    """A number of 0 to `most`, None when blank.

    Raises:
        RowRefused: not a number, or out of range.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    if not written or written == "-":
        return None
    if not NUMBER.fullmatch(written) or THOUSANDS.fullmatch(written):
        raise RowRefused(column, text, "not a number, or one that can be read in two ways; write 1234.5")
    value = float(written.replace(",", "."))
    if not 0 <= value <= most:
        raise RowRefused(column, text, f"not between 0 and {most:.0f}")
    return value


def country(text: str, ledger: Ledger, words: str) -> str:
    """The alpha-3 code for a country written as code or name; unknown when blank or not recognised, which is noted."""
    written = clean(text)
    # NA is what many write for missing, and Namibia to others.
    if written.casefold() in NOTHING:
        return UNKNOWN
    found = _country(written)
    if found is None:
        ledger.remarks[f"{words} is not a country that is known here, and is counted as unknown"] += 1
        return UNKNOWN
    return found


def one_of(text: str, ledger: Ledger, words: str, allowed: tuple[str, ...]) -> str:
    """A word of the card's vocabulary; not reported when blank or not in it, which is noted."""
    written = clean(text).casefold()
    if not written:
        return NOT_REPORTED
    found = ledger.card.vocabulary.get(written)
    if found not in allowed:
        ledger.remarks[f"{words} is in no vocabulary of this source, and is counted as not reported"] += 1
        return NOT_REPORTED
    return found


def age_band(age: str, born: str, on_day: datetime.date, ledger: Ledger) -> str:
    """The band of an age in years, of a band as written, or of a date of birth on a day."""
    written = clean(age).casefold().replace("–", "-").replace(" - ", "-")
    if YEARS.fullmatch(written):
        return _band(int(written))
    if written in BAND_OF:
        return BAND_OF[written]
    if born.strip() and (day := date_of(clean(born), ledger.card.date_formats)):
        return _band(on_day.year - day.year - ((on_day.month, on_day.day) < (day.month, day.day)))
    if written or born.strip():
        ledger.remarks["the age is not one that can be read, and is counted as not reported"] += 1
    return NOT_REPORTED


def _band(years: int) -> str:
    return next((band for most, band in BANDS if 0 <= years <= most), NOT_REPORTED)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@cache
def _country(written: str) -> str | None:
    return (
        countries.code_of(written)
        or countries.alpha2().get(written.upper())
        or countries.names().get(written.casefold())
        or countries.names_of_all_languages().get(written.casefold())
    )
