"""Days and times as senders write them, and in which order a file writes day and month. Never guesses that order.

9/1/2022 is the ninth of January to some and the first of September to others. The order is a property of a column: it
is declared, or follows from days above 12 in that column, or is asked.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import lru_cache

from dashboard.intake.months import month_of
from dashboard.intake.words import fold

DAY_FIRST, MONTH_FIRST = "day_first", "month_first"
ORDERS = (DAY_FIRST, MONTH_FIRST)
# So many dates whose order is in doubt, or this share of all dates of a file, are asked about; fewer are set aside.
FEW_DATES, FEW_DATES_SHARE = 3, 0.2
# So many dates of which not one has a day above 12 are no accident.
MONTHS, FEW_EXCHANGED = 12, 6
YEAR_FIRST = re.compile(r"(\d{4})([-/._ ])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2})|(\d{4})年(\d{1,2})月(\d{1,2})日?")
YEAR_LAST = re.compile(r"(\d{1,2}) ?([-/._ ]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})")
CLOCK = re.compile(
    r"[T ,]+(?:at |à |a las |в )?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"\s*(am|pm|a\.m\.|p\.m\.|a\. m\.|p\. m\.|ص|م)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
ZONE_ALONE = re.compile(r"[ ]*(?:utc|gmt|z)$", re.IGNORECASE)
NAMED_DAY_FIRST = re.compile(
    r"(\d{1,2}) ?(?:st|nd|rd|th|er|o)? (?:de |of |di )?(\D+?) (?:de |del |of )?(\d{4}|\d{2})(?: г| года?)?"
)
NAMED_MONTH_FIRST = re.compile(r"(\D+?) (\d{1,2}) ?(?:st|nd|rd|th)? (\d{4})")
LETTER_BESIDE_DIGIT = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")
# Days since the end of 1899, as a spreadsheet keeps them: 1954 to 2079, so that no year is taken for one.
SERIAL = re.compile(r"(\d{5})(?:[.,](\d+))?")
SERIAL_DAYS = (20_000, 65_380)
SERIAL_ZERO = datetime.datetime(1899, 12, 30)
# Nobody registered for a course, finished it or left it earlier; people were born since.
FIRST_EVENT, BIRTHS = datetime.date(2000, 1, 1), datetime.date(1900, 1, 1)
OF_BIRTH = ("born_on",)
AFTERNOON, MORNING = {"pm", "م"}, {"am", "ص"}
DISTINCT_TEXTS = 2**16


@dataclass(frozen=True)
class Written:
    """A day as written: what it is by each order (the same where only one is possible to write), its time and zone."""

    day_first: datetime.date | None
    month_first: datetime.date | None
    time: datetime.time | None = None
    # Whether it is no date, but would be one if the day stood between year and month: 2022-31-12.
    is_turned: bool = False
    # Whether its year has two digits, and the day that it is if they stand first: 24-03-17.
    has_short_year: bool = False
    year_first: datetime.date | None = None

    @property
    def is_sure(self) -> bool:
        """Whether both orders read the same day."""
        return self.day_first == self.month_first

    @property
    def only(self) -> str:
        """The one order in which this is a day; empty where both are."""
        return "" if self.day_first and self.month_first else DAY_FIRST if self.day_first else MONTH_FIRST

    def is_only_year_first(self, since: datetime.date) -> bool:
        """Whether it is a day since then with the year first alone."""
        days = [day for day in (self.day_first, self.month_first) if day and day >= since]
        return self.year_first is not None and self.year_first >= since and not days

    def by(self, order: str) -> datetime.date | None:
        """The day by an order, None where it is none."""
        return self.month_first if order == MONTH_FIRST else self.day_first

    def no_date(self, order: str) -> str:
        """Why it is no day in an order."""
        if self.is_turned:
            return "the day seems to stand between year and month; write YYYY-MM-DD"
        if self.year_first:
            return "a year of two digits seems to stand first; write YYYY-MM-DD"
        return f"not a date with the {'month' if order == MONTH_FIRST else 'day'} first"


def turned(year: str, first: str, second: str) -> Written | None:
    """What is written with the year first where it is a date only if the day stands before the month, else None."""
    is_date = _date(int(year), int(second), int(first)) and not _date(int(year), int(first), int(second))
    return Written(None, None, is_turned=True) if is_date else None


@lru_cache(DISTINCT_TEXTS)
def read(text: str, this_year: int) -> Written | None:
    """The day in a cell, with its time if it has one; None where it is none. `this_year` settles which 23."""
    written = _plain(text)
    time, day = _time_behind(written)
    if time is not None and day == "":
        return None
    both = _year_first(day) or _year_last(day, this_year) or _month_named(day, this_year)
    if both is not None:
        is_short, year_first = _with_short_year(day, this_year)
        if any(both) or year_first:
            return Written(both[0], both[1], time, has_short_year=is_short, year_first=year_first)
        return _turned(day)
    serial = SERIAL.fullmatch(day)
    if serial and time is None and SERIAL_DAYS[0] <= int(serial[1]) <= SERIAL_DAYS[1]:
        fraction = float(f"0.{serial[2]}") if serial[2] else 0.0
        moment = SERIAL_ZERO + datetime.timedelta(int(serial[1]), round(fraction * 86_400))
        return Written(moment.date(), moment.date(), moment.time() if serial[2] else None)
    return None


@dataclass
class Tally:
    """How many dates there are, and in which orders of day and month they can be read where it matters."""

    dates: int = 0
    only_day_first: int = 0
    only_month_first: int = 0
    either: int = 0
    # Dates of one reading whose day is no higher than a month.
    up_to_twelve: int = 0
    # What would be a date if the day stood between year and month.
    turned: int = 0
    # Of dates whose year has two digits: those that can only be meant with the year first, last, or in both places.
    only_year_first: int = 0
    only_year_last: int = 0
    either_year: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))

    @property
    def in_doubt(self) -> int:
        """Dates that may be other days than the day first makes of them."""
        return self.either + self.only_month_first

    @property
    def is_proven(self) -> bool:
        """Whether some dates can only be read with the day first, and none only with the month first."""
        return self.only_day_first > 0 and self.only_month_first == 0

    @property
    def is_exchanged(self) -> bool:
        """Whether a spreadsheet that puts the month first has read the dates: of those with the day first it made dates
        where it could, with day and month exchanged, and left the others as text."""
        sure = self.dates - self.only_day_first - self.only_month_first - self.either
        has_both = self.only_day_first >= FEW_DATES and self.up_to_twelve >= FEW_EXCHANGED
        return has_both and not self.either and not self.only_month_first and sure == self.up_to_twelve

    @property
    def leaves_the_publishers_order(self) -> bool:
        """Whether no date that can be read in both orders stands beside one with the month first."""
        return not self.only_month_first or (self.only_day_first > 0 and not self.either)


@dataclass
class Orders:
    """What the dates of one file state of the order of day and month.

    In files about people no column states anything of another: days of birth come from papers, those of registration
    from a program. Elsewhere they have one order (`is_per_file`), as the first and last day of an activity have.
    `by_publisher` states that the publisher always puts the day first: dates that can be read in both orders are read
    so, unless others of their column show that somebody rewrote them with the month first. `last` is the column of the
    last date.
    """

    declared: str = ""
    by_publisher: bool = False
    is_per_file: bool = False
    columns: dict[str, Tally] = field(default_factory=dict)
    last: str = ""

    def of(self, column: str) -> Tally:
        """The dates of a column, or of all."""
        column = "" if self.is_per_file else column
        self.last = column
        return self.columns.setdefault(column, Tally())

    def day_of(self, written: Written, column: str) -> datetime.date | None:
        """The day, in the order that is declared, else with the day first; counted for what it states of the order."""
        tally = self.of(column)
        tally.dates += 1
        if written.has_short_year:
            is_year_first = written.is_only_year_first(BIRTHS if column in OF_BIRTH else FIRST_EVENT)
            tally.only_year_first += is_year_first
            tally.only_year_last += written.year_first is None
            tally.either_year += written.year_first is not None and not is_year_first
        if written.is_turned:
            tally.turned += 1
            return None
        if written.is_sure:
            tally.up_to_twelve += written.day_first is not None and written.day_first.day <= MONTHS
            return written.day_first
        tally.only_day_first += written.only == DAY_FIRST
        tally.only_month_first += written.only == MONTH_FIRST
        tally.either += not written.only
        return written.by(self.declared)

    def doubtful(self, columns: str) -> str:
        """The first of some columns, between commas, whose dates may be read in two orders; empty where none is."""
        if self.declared:
            return ""
        return next((name for name in columns.split(",") if name and not self.of(name).is_proven), "")

    def question(self, asks_about_few: bool = False, label: Callable[[str], str] = str) -> str:
        """What a sender must be asked before the dates can be read; empty where nothing is in doubt.

        A few dates in doubt among many are not asked about, unless the reader cannot set them aside. `label` gives the
        name of a column for people.
        """
        if self.declared:
            return self._contradiction(label)
        if exchanged := next((name for name, tally in self.columns.items() if tally.is_exchanged), None):
            tally = self.columns[exchanged]
            of_column = f" of the column “{label(exchanged)}”" if exchanged else ""
            return (
                f"The dates{of_column} seem to have been changed by a spreadsheet: {tally.up_to_twelve} that are "
                "written with the year first, or are dates of the workbook, all have a day up to 12, and "
                f"{tally.only_day_first} others, such as 31/12/2022, all have one above. Export the column again as "
                "YYYY-MM-DD; if the dates are right, confirm that the day stands first (`--date-order`)."
            )
        doubtful = [
            tally
            for tally in self.columns.values()
            if tally.in_doubt and not tally.is_proven and not (self.by_publisher and tally.leaves_the_publishers_order)
        ]
        total = sum(doubtful, Tally())
        dates = sum(tally.dates for tally in self.columns.values())
        if not doubtful or not (asks_about_few or _many(total.in_doubt, dates)):
            return ""
        if total.only_month_first and total.only_day_first:
            sentence = (
                f"{total.only_month_first} dates can only be read with the month first, such as 12/31/2022, and "
                f"{total.only_day_first} only with the day first, so no order reads them all. Write them as "
                "YYYY-MM-DD, or choose the order that holds, and the others are set aside"
            )
        elif total.only_month_first:
            sentence = (
                f"{total.only_month_first} dates can only be read with the month first, such as 12/31/2022, and "
                f"{total.either} in both orders, so the month seems to stand first"
            )
        else:
            sentence = (
                f"{total.either} dates can be read in two ways: 9/1/2022 is 9 January or September 1, and no date of "
                f"{'the file' if self.is_per_file else 'their column'} has a number above 12 that would tell"
            )
        return f"{sentence}. Choose day first or month first (`--date-order`)."

    def refusal(self, label: Callable[[str], str] = str) -> str:
        """Why no order reads the dates of a column, with what to do; empty where one may."""
        for column, tally in self.columns.items():
            if tally.turned >= FEW_DATES:
                of_column = f" of the column “{label(column)}”" if column else ""
                return (
                    f"{tally.turned} of {tally.dates} dates{of_column} are none with the year first, but would be if "
                    "the day stood before the month, such as 2022-31-12; so others may be read with day and month "
                    "exchanged. Export the column again as YYYY-MM-DD."
                )
            if tally.only_year_first and tally.either_year and not tally.only_year_last:
                of_column = f" of the column “{label(column)}”" if column else ""
                return (
                    f"{tally.only_year_first} of {tally.dates} dates{of_column} have a year of two digits that seems "
                    "to stand first, as in 24-03-29 for 29 March 2024; so others may be read with day and year "
                    "exchanged. Export the column again as YYYY-MM-DD."
                )
        return ""

    def _contradiction(self, label: Callable[[str], str]) -> str:
        """What must be asked of dates that cannot be read in the order that was declared."""
        for column, tally in self.columns.items():
            wrong = tally.only_day_first if self.declared == MONTH_FIRST else tally.only_month_first
            if _many(wrong, tally.dates):
                of_column = f" of the column “{label(column)}”" if column else ""
                first = "month" if self.declared == MONTH_FIRST else "day"
                return (
                    f"{wrong} of {tally.dates} dates{of_column} cannot be read with the {first} first, as was stated: "
                    "their second number or their first is above 12. Choose the other order (`--date-order`), or write "
                    "them as YYYY-MM-DD."
                )
        return ""


def _many(dates: int, of_all: int) -> bool:
    return dates >= FEW_DATES or dates > of_all * FEW_DATES_SHARE


def _plain(text: str) -> str:
    if text.isascii() or any(unicodedata.category(c) == "No" for c in text):  # 1² is no 12
        return " ".join(text.split())
    seen = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return " ".join("".join(str(unicodedata.decimal(c, c)) for c in seen).split())


def _time_behind(written: str) -> tuple[datetime.time | None, str]:
    """The time at the end and what stands before it; midnight of no zone is no time."""
    clock = CLOCK.search(written)
    if clock is None:
        return None, ZONE_ALONE.sub("", written) if " " in written or written[:4].isdigit() else written
    hour, half = int(clock[1]), (clock[5] or "").casefold().replace(".", "").replace(" ", "")
    if half in AFTERNOON and hour < 12:
        hour += 12
    elif half in MORNING and hour == 12:
        hour = 0
    try:
        time = datetime.time(hour, int(clock[2]), int(clock[3] or 0), tzinfo=_zone(clock[6] or ""))
    except ValueError:
        return datetime.time(), ""
    return time, written[: clock.start()].strip()


def _zone(written: str) -> datetime.tzinfo | None:
    if not written:
        return None
    if written[0] not in "+-":
        return datetime.UTC
    digits = written[1:].replace(":", "")
    offset = datetime.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return datetime.timezone(offset if written[0] == "+" else -offset)


Both = tuple[datetime.date | None, datetime.date | None]


def _year_first(day: str) -> Both | None:
    match = YEAR_FIRST.fullmatch(day)
    if match is None:
        return None
    year, month, number = [int(group) for group in match.groups() if group and group.isdigit()]
    date = _date(year, month, number)
    return date, date


def _turned(day: str) -> Written | None:
    match = YEAR_FIRST.fullmatch(day)
    groups = [group for group in match.groups() if group and group.isdigit()] if match else []
    return turned(*groups) if len(groups) == 3 else None


def _year_last(day: str, this_year: int) -> Both | None:
    match = YEAR_LAST.fullmatch(day)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[3]), _year(match[4], this_year)
    day_first, month_first = _date(year, second, first), _date(year, first, second)
    # Nobody who writes the month first puts dots.
    return (day_first, day_first) if day_first and match[2] == "." else (day_first, month_first)


def _with_short_year(day: str, this_year: int) -> tuple[bool, datetime.date | None]:
    """Whether a year of two digits stands last, and the day that it is if two digits that stand first are the year."""
    match = YEAR_LAST.fullmatch(day)
    if match is None or len(match[4]) > 2:
        return False, None
    year = _year(match[1], this_year) if len(match[1]) == 2 else None
    return True, _date(year, int(match[3]), int(match[4])) if year else None


def _month_named(day: str, this_year: int) -> Both | None:
    words = fold(LETTER_BESIDE_DIGIT.sub(" ", day))
    if match := NAMED_DAY_FIRST.fullmatch(words):
        number, month, year = int(match[1]), month_of(match[2]), _year(match[3], this_year)
    elif match := NAMED_MONTH_FIRST.fullmatch(words):
        number, month, year = int(match[2]), month_of(match[1]), int(match[3])
    else:
        return None
    date = _date(year, month, number) if month else None
    return date, date


def _year(written: str, this_year: int) -> int:
    if len(written) == 4:
        return int(written)
    year = 2000 + int(written)
    return year if year <= this_year + 1 else year - 100


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
