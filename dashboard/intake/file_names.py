"""What the name of a file states: its day of capture, in numbers or in words, that it is a part, or what it corrects.

Never a guess, and never a day to come.
"""

import calendar
import datetime
import re
import unicodedata
from collections.abc import Iterator

from dashboard.intake.months import month_of

YEAR = r"(20\d\d)"
GAP = r"[-_. ]"
# A year first is followed by month and day. A time may be joined to it: 20240630T1200, 20240630120000.
YEAR_FIRST = re.compile(
    rf"(?<!\d){YEAR}({GAP})(\d\d)\2(\d\d)(?!\d)|(?<!\d){YEAR}(\d\d)(\d\d)(?:[0-2]\d[0-5]\d(?:[0-5]\d)?)?(?!\d)"
)
# A year last: day and month, or month and day where only that is a date. Not v1.02.2024, which counts versions.
YEAR_LAST = re.compile(rf"(?<!\d)(?<!v)(?<!\d[.])(\d{{1,2}})({GAP})(\d{{1,2}})\2{YEAR}(?!\d)")
DAY_NAMED = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er)?{GAP}*(?:de{GAP})?([^\W\d_]{{2,}})[.]?{GAP}*(?:de{GAP})?(20\d\d|\d\d)(?!\d)"
)
NAMED_DAY = re.compile(rf"(?<![^\W\d_])([^\W\d_]{{3,}}){GAP}*(\d{{1,2}})(?:st|nd|rd|th)?,?{GAP}+{YEAR}(?!\d)")
NAMED_MONTH = re.compile(rf"(?<![^\W\d_])([^\W\d_]{{2,}})[.]?{GAP}*(?:de{GAP}|{GAP})?(20\d\d|(?<={GAP})\d\d)(?!\d)")
YEAR_NAMED = re.compile(rf"(?<!\d){YEAR}{GAP}*([^\W\d_]{{2,}})(?![^\W\d_])")
# A month in numbers: 2024-06 or 06-2024, but no part of a day such as 2024-06-31, and not "top 10 2024".
MONTH = re.compile(
    rf"(?<!\d){YEAR}[-_.](\d\d)(?!\d)(?!{GAP}\d{{1,2}}(?!\d))|(?<!\d)(?<!\d{GAP})(\d\d)[-.]{YEAR}(?!\d)(?!{GAP}\d)"
)
# As Chinese names write days and months: 2024年6月30日.
CHINESE = re.compile(rf"{YEAR}年(\d{{1,2}})月(?:(\d{{1,2}})日)?")
# Quarters and halves of a year.
QUARTER = re.compile(rf"(?<![^\W_])(q[1-4]|h[12]){GAP}*{YEAR}(?!\d)|(?<!\d){YEAR}{GAP}*(q[1-4]|h[12])(?![^\W_])")

# A number, a letter or a Roman one follows, so that participants and parties are none.
PART_IN_NAME = re.compile(
    r"(?<![^\W_])(?:part|pt|parte|partie|teil|часть|частина|(?:ال)?جزء|部分|分卷|chunk|split)"
    r"[ _.-]{0,2}\(?\d{1,2}(?!\d)"
    r"|(?<![^\W_])(?:part|parte|partie|teil|часть)[ _.-](?:[ab]|i{1,3}|iv|v)(?![^\W_])"
    r"|第[ _]?(?:\d{1,2}|[一二三四五六七八九十])[ _]?部分"
    r"|(?<![^\W_])(?:(?:first|second|third|\d(?:st|nd|rd|th))[ _-]part|(?:première|deuxième|troisième|seconde|\d"
    r"(?:re|e|ère|ème))[ _-]partie|(?:primera|segunda|tercera|\da?)[ _-]parte|\d-?я[ _-]часть"
    r"|الجزء[ _](?:الأول|الثاني|الثالث))"
    r"(?![^\W_])"
    r"|(?<!\d)\d{1,2}[ _-]?(?:of|de|sur|von|из|di)[ _-]?\d{1,2}(?!\d)(?![ _-]?(?:de|del)?[ _-]?(?:19|20)\d\d)",
    re.IGNORECASE,
)
CORRECTS_IN_NAME = re.compile(
    r"(?<![a-z0-9])(?P<source>[a-z][a-z0-9_]*)\.(?P<file>\d{4}-\d\d-\d\d-[0-9a-f]{8}(?:-demo)?)"
)


def captured_on_in_name(name: str) -> datetime.date | None:
    """The day a file name states; of a month or a quarter its last one. Of several, the latest that is not to come.

    An export that covers a span of days cannot have been taken before the last of them.
    """
    name = _plain(name)
    for days in (_days(name), _period_ends(name)):
        past = [day for day in days if day <= datetime.date.today()]
        if past:
            return max(past)
    return None


def is_part_in_name(name: str) -> bool:
    """Whether a file name states that the file is a part: usage_part1.csv, usage_2_of_3.csv."""
    return PART_IN_NAME.search(_plain(name)) is not None


def corrects_in_name(name: str, source: str) -> str:
    """The file whose corrected rows it holds, by a name such as to_correct_coursera_usage.2023-05-31-b706663c.csv."""
    match = CORRECTS_IN_NAME.search(name)
    return match["file"] if match and match["source"].endswith(source) else ""


def _plain(name: str) -> str:
    """The name in small letters, each letter with its accents one sign as Macs do not write them, digits as 0 to 9."""
    whole = unicodedata.normalize("NFKC", name)
    return "".join(str(unicodedata.decimal(c, c)) for c in whole).lower()


def _days(name: str) -> Iterator[datetime.date]:
    for match in YEAR_FIRST.finditer(name):
        yield from _day(*(match.group(1, 3, 4) if match[1] else match.group(5, 6, 7)))
    for match in YEAR_LAST.finditer(name):
        first, _, second, year = match.groups()
        yield from list(_day(year, second, first)) or _day(year, first, second)
    for year, month_, day in CHINESE.findall(name):
        if day:
            yield from _day(year, month_, day)
    for match in DAY_NAMED.finditer(name):
        day, word, year = match.groups()
        if month := month_of(word):
            yield from _day(_full(year), month, day)
    for match in NAMED_DAY.finditer(name):
        word, day, year = match.groups()
        if month := month_of(word):
            yield from _day(year, month, day)


def _period_ends(name: str) -> Iterator[datetime.date]:
    """Last days of the months and quarters that a name states."""
    for match in MONTH.finditer(name):
        year, month = (int(match[1] or match[4]), int(match[2] or match[3]))
        # 2011-12 may be the school year 2011/12.
        if not (match[1] and month == year % 100 + 1):
            yield from _end(year, month)
    for match in NAMED_MONTH.finditer(name):
        if month_named := month_of(match[1]):
            yield from _end(_full(match[2]), month_named)
    for match in YEAR_NAMED.finditer(name):
        if month_named := month_of(match[2]):
            yield from _end(int(match[1]), month_named)
    for match in QUARTER.finditer(name):
        quarter = match[1] or match[4]
        yield from _end(int(match[2] or match[3]), int(quarter[1]) * (3 if quarter[0] == "q" else 6))
    for year_, month_, day in CHINESE.findall(name):
        if not day:
            yield from _end(int(year_), int(month_))


def _day(year: str | int, month: str | int, day: str | int) -> Iterator[datetime.date]:
    try:
        yield datetime.date(int(year), int(month), int(day))
    except ValueError:  # such as 31 June
        return


def _end(year: int, month: int) -> Iterator[datetime.date]:
    if month in range(1, 13):
        yield datetime.date(year, month, calendar.monthrange(year, month)[1])


def _full(year: str) -> int:
    return int(year) if len(year) == len("2024") else 2000 + int(year)
