"""Who does what, where, when and for whom: one row for each organisation in an activity.

Lists of others come too: with presence only, without sectors, with a column for each sector instead of rows, or tables
of needs, which name no organisation. Only an organisation or a number of people, and a country, are what a row cannot
do without; any other cell that cannot be read is left out and named in the report.
"""

import datetime
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any, TypeVar

from dashboard.intake import countries, words
from dashboard.intake.commonest import MOST_NAMED, commonest, in_words
from dashboard.intake.education import is_education
from dashboard.intake.headers import TAGS_BELOW, headings, is_header_again, is_tag, is_tags, letters
from dashboard.intake.programmes import identifier
from dashboard.intake.readers.organisations import (
    ACTIVITY_TYPES,
    AUDIENCES,
    MISSIONS,
    NOT_STATED,
    STAGES,
    country_code,
    need_id,
    people_or_rounded,
)
from dashboard.intake.readers.overlaps_5w import TOTAL_OF_OTHERS, Draft, Overlaps, is_total, is_total_of, is_whole
from dashboard.intake.readers.people import plain
from dashboard.intake.readers.rows import Cells, accepted
from dashboard.intake.report import LONGEST_TEXT, UNREADABLE, FileRefused, Ledger, RowRefused, clean, holds_address
from dashboard.intake.tabular import Row, Table
from dashboard.intake.terms import fold, terms
from dashboard.intake.values import need_date, written_date
from dashboard.intake.words import is_missing
from dashboard.warehouse.catalog import sources

ROLES = ("lead", "supporter")
EDUCATION = "Education"
# What became of an activity that was called off or broken off: it is set aside, and nobody counts as reached by it.
CALLED_OFF = "called off"
# Which number of people an HXL hashtag stands for.
MEASURES: Mapping[str, str] = {
    "#inneed": "people_in_need",
    "#affected": "people_in_need",
    "#targeted": "people_targeted",
    "#target": "people_targeted",
    "#reached": "people_direct",
}
# People affected whom somebody reached: no measure of need. Those affected are one where none in need are stated.
AFFECTED_REACHED = "#affected+reached"
IN_NEED, AFFECTED = "#inneed", "#affected"
# Attributes of such a tag that state nothing of which people they are.
OF_ALL = frozenset({"ind", "indiv", "individuals", "num", "people", "persons", "sector", "cluster"})
NUMBERS = ("people_in_need", "people_targeted", "people_direct", "people_indirect", "people_claimed")
# Which number a row of a list states that has one number a row, by the codes of the humanitarian programme cycle.
OF_STATUS: Mapping[str, str] = {"INN": "people_in_need", "TGT": "people_targeted", "REA": "people_direct"}
# The code of a place begins with its country: TD07, ET010302.
PLACE_CODE = re.compile(r"([A-Za-z]{2})\d{1,12}", re.ASCII)
WHO = ("organisation", "acronym", "partner_id")
NEEDS = ("people_in_need", "people_targeted")
TAG_SIGNS = ("#", "\uff03", "\ufeff")
PLACES = ("admin1_code", "admin1", "admin2_code", "admin2", "admin3_code", "admin3")
WHAT_AND_WHERE = ("sector", "country_iso3", "country", "activity", "activity_type", "activity_id", *PLACES)
# Columns that state which people a row counts; the first ones only where no organisation is named: beside one they may
# be of what it does.
PARTS = ("part", "sub_sector", "sex", "age_group", "population_group")
PARTS_BESIDE_ORGANISATION = PARTS[2:]
# Headers that seem to be of people reached, and those of words or of others.
SEEMS_REACHED = re.compile(
    r"reach|benef|atteint|touche|alcan[cz]|atendid|assisted|served|охвач|получател|مستفيد|惠及|受益"
)
SEEMS_OTHER = re.compile(r"indirect|type|name|categor|nom\b|tipo|target|cible|plan|meta\b|prevu|نوع")
# Headers that count a part of the people, or their households: mapped, each would stand for all.
SEEMS_PART = re.compile(
    r"\+(?:f|m|hh)\b|\bhhs?\b|household|menage|hogar|famil|домохоз|اسر|家庭|户|girl|boy|\bmale|female|\bwomen\b|\bmen\b"
    r"|fille|garcon|femme|homme|mujer|hombre|\bnin[ao]s?\b|menin[ao]|mulher|homen|девоч|мальч|женщ|мужч|女|男|اناث|ذكور|بنات"
)
# What forms and exports write between the words of a code: in-progress, not_started.
JOINTS = re.compile(r"[-\u2010-\u2015_]")
Read = TypeVar("Read")


# Where the numbers of each sector stand in a table that has a column for each: sector to measure to position.
Wide = Mapping[str, Mapping[str, int]]


@dataclass
class LeftOut:
    """Cells that could not be read: of each column and reason, how many, with their values."""

    ledger: Ledger
    headers: Mapping[str, str]
    values: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)

    def add(self, column: str, reason: str, value: str) -> None:
        """Counts one cell; a value that may be somebody's address is not named."""
        named = "an address" if holds_address(value) else clean(value)[:LONGEST_TEXT]
        self.values.setdefault((column, reason), Counter())[named] += 1

    def unless_read(self, read: Callable[[str, str], Read], text: str, column: str) -> Read | None:
        """What `read` makes of a cell; None, counted with the reason, where it refuses it."""
        try:
            return read(text, column)
        except RowRefused as refused:
            self.add(column, refused.reason, text)
            return None

    def enter(self) -> None:
        """Writes a note for each column and reason, with the values that are most frequent."""
        for (column, reason), values in sorted(self.values.items()):
            header = self.headers.get(column, column)
            counted = "1 cell" if values.total() == 1 else f"{values.total()} cells"
            self.ledger.notes.append(f"{counted} of {header}: {reason}: {in_words(values)}")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record an organisation, activity and sector; a row that is written as another one is collapsed.

    Raises:
        FileRefused: a number of people stands in two columns, and nothing states of which sector each is.
    """
    wide = _wide(table, ledger)
    left_out = LeftOut(ledger, {name: clean(table.header[at]) for name, at in table.positions.items()})
    no_rows = NoRows.of(table, ledger)

    def parse(row: Row, cell: Cells) -> list[Draft]:
        no_rows.refuse(row, cell, is_first=ledger.rows_in == 1)
        return _drafts(row, cell, table, left_out, wide)

    drafts = [(row.line, of_row, _row_digest(row)) for row, of_row in accepted(table, ledger, parse)]
    # A supporter's row may leave out what its lead states.
    sectors = {draft.activity_id: draft.sector for _, of_row, _ in drafts for draft in of_row if draft.sector}
    sectors.pop("", None)
    written: set[bytes] = set()
    once = []
    for line, of_row, whole_row in drafts:
        if whole_row in written:
            ledger.collapsed += 1
            continue
        written.add(whole_row)
        once.append((line, of_row))
    overlaps = Overlaps(draft for _, of_row in once for draft in of_row)
    times: Counter[tuple[Any, ...]] = Counter()
    of_sector: Counter[str] = Counter()
    for line, of_row in once:
        judged = [(draft, overlaps.set_aside(draft)) for draft in of_row]
        if all(aside for _, aside in judged):
            ledger.parts += 1
            ledger.quarantine(line, *next(aside for _, aside in judged if aside))
            continue
        records = []
        for draft in (overlaps.settled(draft) for draft, aside in judged if not aside):
            if draft is None:
                continue
            sector = draft.sector or sectors.get(draft.activity_id) or ledger.sector or NOT_STATED
            of_sector[sector] += 1
            record = (draft.activity_id, *_record(draft, sector))
            times[record] += 1
            # An activity that has an id counts once, whatever distinguishes its rows; one without is another each time.
            if not draft.activity_id or times[record] == 1:
                records.append((draft.activity_id or _derived_id(record[1:], times[record]), *record[1:]))
        ledger.publish(records)
    left_out.enter()
    _note_reached(table, wide, ledger)
    _note_sectors(of_sector, ledger)


def _row_digest(row: Row) -> bytes:
    """Distinguishes a row by all of its cells, those that are not kept as well."""
    cells = [cell.strip() for cell in row.cells]
    while cells and not cells[-1]:
        cells.pop()
    return hashlib.blake2b("\0".join(cells).encode("utf-8", "replace"), digest_size=16).digest()


def _note_reached(table: Table, wide: Wide, ledger: Ledger) -> None:
    """Names columns that seem to hold people reached, where none was read as such."""
    measures = {measure for positions in wide.values() for measure in positions}
    if {"people_direct", "population"} & (table.positions.keys() | measures):
        return
    seeming = [
        header
        for at, header in table.unknown_headers
        if at not in ledger.read_too and SEEMS_REACHED.search(fold(header)) and not SEEMS_OTHER.search(fold(header))
    ]
    whole = [header for header in seeming if not SEEMS_PART.search(fold(header))]
    named = f"{', '.join((whole or seeming)[:MOST_NAMED])}{', …' if len(whole or seeming) > MOST_NAMED else ''}"
    if whole:
        ledger.notes.append(
            f"No column of people reached was read; these look like one: {named}. Map it (`--column "
            "people_direct=HEADER`)."
        )
    elif seeming:
        ledger.notes.append(
            f"No column of people reached was read; these count a part of them, or households: {named}. Add a column "
            "with all people reached, and map it (`--column people_direct=HEADER`)."
        )


def _note_sectors(of_sector: Counter[str], ledger: Ledger) -> None:
    """Says what of a list is not education, and how to state it if it is."""
    if not of_sector or any(map(is_education, of_sector)):
        if of_sector[NOT_STATED]:
            ledger.remarks["state no sector, and do not count as education"] += of_sector[NOT_STATED]
        return
    if of_sector.keys() == {NOT_STATED}:
        ledger.notes.append(
            "No row states a sector, so none counts as education. If all are of one sector, declare it "
            "(`--sector Education`); if a column states it, map that column (`--column sector=HEADER`)."
        )
        return
    sectors = commonest({clean(sector): n for sector, n in of_sector.items()})
    named = [f"{sector} ({n})" for sector, n in sectors[:MOST_NAMED]]
    more = ", …" if len(sectors) > MOST_NAMED else ""
    ledger.notes.append(f"No row is of education. Sectors of the list: {', '.join(named)}{more}")


def _wide(table: Table, ledger: Ledger) -> Wide:
    """The columns by sector, by an attribute of the tag (`#reached+education`) or by the title over a group."""
    tagged = enumerate(table.tags)
    numbers = {at: tag for at, tag in tagged if tag.partition("+")[0] in MEASURES and tag != AFFECTED_REACHED}
    left: Counter[str] = Counter()
    if any(tag.partition("+")[0] == IN_NEED for tag in numbers.values()):
        left = Counter(tag for tag in numbers.values() if tag.partition("+")[0] == AFFECTED)
        numbers = {at: tag for at, tag in numbers.items() if tag not in left}
    again = sorted({tag for tag in numbers.values() if list(numbers.values()).count(tag) > 1})
    positions_of: dict[str, dict[str, int]] = {}
    twice: set[tuple[str, str]] = set()
    for at, sector in _sectors_of(numbers, table, ledger).items() if "sector" not in table.positions else ():
        tag, measure = numbers[at], MEASURES[numbers[at].partition("+")[0]]
        if sector and measure not in positions_of.setdefault(sector, {}):
            positions_of[sector][measure] = at
            continue
        if is_education(sector):
            raise FileRefused(f"The header names {tag} twice for {sector}. Keep one of them.")
        if sector:
            twice.add((sector, measure))
        left[tag] += 1
    for sector, measure in twice:
        del positions_of[sector][measure]
    positions_of = {sector: positions for sector, positions in positions_of.items() if positions}
    if not positions_of and again:
        raise FileRefused(f"The header names {', '.join(again)} twice. Keep one of them.")
    if positions_of and left:
        named = ", ".join(sorted(left))
        ledger.notes.append(
            "Numbers of no sector, of a part of one, twice of one, or of people affected beside those in need are not "
            f"kept: {named}"
        )
    ledger.read_too |= {at for positions in positions_of.values() for at in positions.values()}
    return positions_of


def _sectors_of(numbers: Mapping[int, str], table: Table, ledger: Ledger) -> dict[int, str]:
    """The sector of each column of numbers, empty where it is of none or of a part of one.

    A title over columns is that of a sector only where columns differ by sector: `How many` is none.
    """
    titles = _groups(table)
    named: dict[int, set[str]] = {}
    for at, tag in numbers.items():
        words = {word for word in tag.split("+")[1:] if word} - OF_ALL
        named[at] = {_sector_of(word, ledger) for word in words}
    differ = any(sectors - {""} for sectors in named.values()) or len(set(numbers.values())) < len(numbers)
    differ = differ or any(_sector_of(titles.get(at, ""), ledger) for at in numbers)
    return {
        at: next(iter(sectors)) if len(sectors) == 1 else titles.get(at, "") if differ and not sectors else ""
        for at, sectors in named.items()
    }


def _sector_of(attribute: str, ledger: Ledger) -> str:
    """The sector that an attribute of a tag or a title names, empty where it names none."""
    if is_education(attribute):
        return EDUCATION
    named = _word(attribute, ledger.card.name)
    return named if named in _sectors(ledger.card.name) else ""


def _groups(table: Table) -> dict[int, str]:
    """Titles over groups of columns, on the first of two lines of headers; each holds until the next."""
    if len(table.preamble) < TAGS_BELOW:
        return {}
    title, titles = "", {}
    line = table.preamble[-TAGS_BELOW]
    for at in range(len(table.tags)):
        title = clean(line[at])[:LONGEST_TEXT] if at < len(line) and line[at].strip() else title
        titles[at] = title
    return titles


@dataclass(frozen=True)
class NoRows:
    """Distinguishes what stands among the rows and is none: the header again, tags, units, a note, bare numbers."""

    headings: Mapping[int, frozenset[str]]
    # Where the first column stands that states who, what, where or how many; and where all of the numbers do.
    first: int
    numbers: frozenset[int]
    knows_who: bool

    @classmethod
    def of(cls, table: Table, ledger: Ledger) -> "NoRows":
        """As a table needs it."""
        found = table.positions
        return cls(
            headings(table.header, table.preamble, ledger.card, found),
            next((found[name] for name in (*WHO, *WHAT_AND_WHERE, *NUMBERS) if name in found), 0),
            frozenset(found[name] for name in NUMBERS if name in found),
            any(name in found for name in WHO),
        )

    def refuse(self, row: Row, cell: Cells, is_first: bool) -> None:
        """Raises RowRefused where a row is none."""
        first = row.cells[self.first]
        if first.lstrip()[:1] in TAG_SIGNS and is_tags(row.cells):
            raise RowRefused("organisation", "", "a line of HXL tags, and no activity")
        if letters(first) in self.headings[self.first] and is_header_again(row.cells, self.headings):
            raise RowRefused("organisation", "", "the header once more, and no activity")
        if is_first and self._is_of_units(row):
            raise RowRefused("organisation", "", "a line of units: words stand in place of all numbers")
        if any(cell(name).strip() for name in WHAT_AND_WHERE):
            return
        written = {at for at, text in enumerate(row.cells) if text.strip()}
        if len(written) == 1 and not written & self.numbers:
            raise RowRefused("organisation", "", "nothing else stands in the row: a note, and no activity")
        if self.knows_who and written and written <= self.numbers:
            raise RowRefused("organisation", "", "numbers alone, without who, what or where: perhaps a total")

    def _is_of_units(self, row: Row) -> bool:
        """Whether there are words below all numbers, no digit in the row, and one word beside another, or nobody."""
        below = [row.cells[at] for at in self.numbers]
        if not below or any(_is_blank(text) for text in below):
            return False
        others = [text for at, text in enumerate(row.cells) if at not in self.numbers and text.strip()]
        is_of_nobody = not row.cells[self.first].strip() or len(set(others)) < len(others)
        return is_of_nobody and not any(c.isdigit() for text in row.cells for c in text)


def _drafts(row: Row, cell: Cells, table: Table, left_out: LeftOut, wide: Wide) -> list[Draft]:
    draft = _draft(cell, left_out)
    if not wide:
        numbers = _numbers(cell, table, left_out)
        if draft.head[1] == NOT_STATED and all(number is None for number in numbers[:3]):
            raise RowRefused("organisation", "", "blank, and so are the numbers of people")
        return [replace(draft, numbers=numbers)]
    drafts = []
    for sector, positions in wide.items():
        of_sector = [_people(row.cells[positions[n]], n, left_out) if n in positions else None for n in NUMBERS]
        if any(number is not None for number in of_sector):
            drafts.append(replace(draft, sector=sector, numbers=tuple(of_sector)))
    if not drafts:
        raise RowRefused("people_in_need", "", "no sector has a number in this row")
    return drafts


def _numbers(cell: Cells, table: Table, left_out: LeftOut) -> tuple[int | None, ...]:
    """The numbers of a row; those among beneficiaries are people reached, and those of a status what it states."""
    numbers = {name: _people(cell(name), name, left_out) for name in NUMBERS}
    if "people_direct" not in table.positions and _is_number(cell("audience")):
        numbers["people_direct"] = _people(cell("audience"), "audience", left_out)
    if clean(cell("population_status")):
        stated = OF_STATUS.get(clean(cell("population_status")).upper())
        if stated is None:
            raise RowRefused("population_status", cell("population_status"), f"none of {', '.join(OF_STATUS)}")
        numbers[stated] = _people(cell("population"), "population", left_out)
    return tuple(numbers.values())


def _people(text: str, column: str, left_out: LeftOut) -> int | None:
    if not text:
        return None
    number, is_rounded = left_out.unless_read(people_or_rounded, text, column) or (None, False)
    if is_rounded:
        left_out.add(column, "rounded to a whole number of people", text)
    return number


def _draft(cell: Cells, left_out: LeftOut) -> Draft:
    ledger = left_out.ledger
    organisation = _organisation(cell)
    names_nothing_else = not any(cell(name).strip() for name in ("sector", "activity", *PLACES))
    if is_total(organisation) or (names_nothing_else and is_total_of(organisation)):
        ledger.parts += 1
        raise RowRefused("organisation", organisation, TOTAL_OF_OTHERS)
    if _single_word(cell("stage"), (*STAGES, CALLED_OFF), ledger.card.name) == CALLED_OFF:
        ledger.parts += 1
        raise RowRefused("stage", cell("stage"), "cancelled: it counts as no activity")
    columns = PARTS if organisation == NOT_STATED else PARTS_BESIDE_ORGANISATION
    began_on, ended_on = _day(cell, "began_on", left_out), _day(cell, "ended_on", left_out)
    if began_on and ended_on and ended_on < began_on:
        left_out.add("ended_on", "before the first day, and left out", cell("ended_on"))
        ended_on = None
    if not ledger.partner and holds_address(cell("reported_by")):
        raise RowRefused("reported_by", "", "an address, and no id of who sends the list: declare it (`--partner`)")
    reported_by = ledger.partner or identifier(clean(cell("reported_by")))
    if not reported_by:
        raise RowRefused("reported_by", "", "blank: declare who sends the list (`--partner`)")
    _captured(cell("captured_on"), ledger)
    code = None if _is_blank(cell("partner_id")) else left_out.unless_read(need_id, cell("partner_id"), "partner_id")
    own = "" if _is_blank(cell("activity_id")) else cell("activity_id")
    country = _country(cell, ledger)
    places = {name: _text(cell, name, left_out) for name in PLACES}
    return Draft(
        activity_id=(left_out.unless_read(need_id, own, "activity_id") or "") if own else "",
        sector=None if _is_blank(cell("sector")) else _shortened(cell("sector"), "sector", left_out),
        head=(
            code or _id(organisation, "organisation"),
            organisation,
            _text(cell, "organisation_type", left_out),
            _word_or_other(cell("role"), ROLES, "supporter", "role", left_out) or "lead",
            country,
            *(places[name] for name in PLACES[:4]),
            _activity(cell("activity"), ledger),
            _word_or_other(cell("activity_type"), ACTIVITY_TYPES, "other", "activity_type", left_out),
            _word_or_other(cell("mission"), MISSIONS, None, "mission", left_out),
            _audience(cell("audience"), left_out),
            _word_or_other(cell("stage"), STAGES, None, "stage", left_out),
            began_on,
            ended_on,
            reported_by,
        ),
        level3=(places["admin3_code"], places["admin3"]),
        numbers=(),
        parts=_parts(cell, columns),
        is_whole=organisation == NOT_STATED or any(is_whole(cell(name)) for name in columns),
    )


def _parts(cell: Cells, columns: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """Which of the people a row counts, by column; nothing where it counts all."""
    written = ((name, cell(name)) for name in columns)
    return frozenset(
        (n, clean(text)[:LONGEST_TEXT]) for n, text in written if not _is_blank(text) and not is_whole(text)
    )


def _is_blank(text: str) -> bool:
    """Whether a cell holds nothing, or a word for nothing; what begins like a formula may be a name that is meant."""
    return is_missing(text) and not text.startswith("=")


def _organisation(cell: Cells) -> str:
    """Who: by its name, else by its acronym or id; not stated where a cell states it in whatever words."""
    for name in WHO:
        if is_tag(cell(name)):
            raise RowRefused(name, cell(name), "an HXL tag, and no name of an organisation")
        if _is_of_all(cell(name)) and _is_blank(cell("people_direct")) and not all(_is_blank(cell(n)) for n in NEEDS):
            return NOT_STATED
        # An id is made of a name, and so is that of an organisation that is not stated.
        if not _is_blank(cell(name).replace("_", " ")):
            return _plain(cell(name), name) or NOT_STATED
    return NOT_STATED


@lru_cache(maxsize=16_384)
def _is_of_all(text: str) -> bool:
    """Whether a table of needs names no organisation but all of them, several, or those who coordinate the sector."""
    folded = words.fold(text)
    coordinates = any(word in folded for word in words.words("who_coordinate"))
    return folded in words.words("organisations_together") or (coordinates and is_education(text))


def _day(cell: Cells, column: str, left_out: LeftOut) -> datetime.date | None:
    if _is_blank(cell(column)):
        return None
    return left_out.unless_read(lambda text, name: need_date(text, left_out.ledger, name), cell(column), column)


def _text(cell: Cells, column: str, left_out: LeftOut) -> str | None:
    return None if _is_blank(cell(column)) else left_out.unless_read(_plain, cell(column), column)


def _shortened(text: str, column: str, left_out: LeftOut) -> str | None:
    """The text as it may be kept: its first 200 characters, nothing of one that holds an address."""
    return left_out.unless_read(_plain, clean(text)[:LONGEST_TEXT], column)


def _record(draft: Draft, sector: str) -> tuple[Any, ...]:
    """The record in the order of the card's `kept`, without its id."""
    *who_and_where, activity, kind, mission, audience, stage, began_on, ended_on, reported_by = draft.head
    return (
        *who_and_where,
        *draft.level3,
        sector,
        is_education(sector),
        activity,
        kind,
        mission,
        audience,
        stage,
        began_on,
        ended_on,
        *draft.numbers,
        reported_by,
    )


def _derived_id(record: tuple[Any, ...], times: int) -> str:
    """An id for a record that has none: the same whatever the order of rows, and another for each that is alike."""
    # A third level of places came later; lists without one keep the ids that they had.
    at = len(PLACES) + 3
    third_level = record[at - 2 : at]
    other_values = (*record[: at - 2], *record[at:])
    apart = [other_values, *([third_level] if any(third_level) else []), *([times] if times > 1 else [])]
    return hashlib.sha256(repr(other_values if len(apart) == 1 else tuple(apart)).encode()).hexdigest()[:16]


def _country(cell: Cells, ledger: Ledger) -> str:
    """The country of a row: by its code or name, by the code of a place, or as declared."""
    if not _is_blank(cell("country_iso3")):
        own: str = _country_code(cell("country_iso3"), "country_iso3")
        if countries.find(clean(cell("country"))) not in (None, own):
            named = clean(cell("country"))
            raise RowRefused("country_iso3", cell("country_iso3"), f"the code belongs to another country than {named}")
        return own
    if not _is_blank(cell("country")):
        return _country_code(cell("country"), "country")
    for name in ("admin1_code", "admin2_code", "admin3_code"):
        match = PLACE_CODE.fullmatch(clean(cell(name)))
        if match and (code := countries.alpha2().get(match[1].upper())):
            return code
    if not ledger.country:
        raise RowRefused(
            "country_iso3", "", "neither a country nor a code of a place: declare the country (`--country`)"
        )
    return ledger.country


def _activity(text: str, ledger: Ledger) -> str | None:
    """The first 200 characters of what is done; nothing of a text that holds an address."""
    written = clean(text)
    if holds_address(written):
        ledger.remarks["what is done holds an address, and is not kept"] += 1
        return None
    if len(written) > LONGEST_TEXT:
        ledger.remarks[f"of what is done the first {LONGEST_TEXT} characters are kept"] += 1
    return clean(written[:LONGEST_TEXT]) or None


def _captured(text: str, ledger: Ledger) -> None:
    """Takes the day on which the list stood so from a row."""
    if not text.strip():
        return
    written = written_date(clean(text), ledger.card.date_formats)
    day = written and ledger.orders.day_of(written, "captured_on")
    day_stated = day.isoformat() if day and day.isoformat() <= ledger.today else UNREADABLE
    if ledger.captured_on and day_stated != ledger.captured_on:
        raise FileRefused("Rows of the file stood so on different days. Send those of each day as a file of its own.")
    ledger.captured_on = day_stated


def _audience(text: str, left_out: LeftOut) -> str:
    """For whom: learners where nothing or a number stands there; not stated where a list has words of its own."""
    if _is_blank(text) or _is_number(text):
        return "learners"
    return _word_or_other(text, AUDIENCES, NOT_STATED, "audience", left_out) or NOT_STATED


def _is_number(text: str) -> bool:
    """Whether a cell is meant as a number: it begins with a digit, or has one and no letter, such as <5."""
    return text.strip()[:1].isdigit() or (any(map(str.isdigit, text)) and not any(map(str.isalpha, text)))


def _word_or_other(
    text: str, allowed: tuple[str, ...], other: str | None, column: str, left_out: LeftOut
) -> str | None:
    """One of the words, or `other` where a list has its own, which is noted; None when blank."""
    word = _single_word(text, allowed, left_out.ledger.card.name)
    if not word and _is_blank(text):  # not before: in some languages a stage under way is a word for nothing yet
        return None
    if not word:
        left_out.add(column, f"no word of this source, kept as {other or NOT_STATED}", text)
    return word or other


@lru_cache(maxsize=16_384)
def _single_word(text: str, allowed: tuple[str, ...], source: str) -> str:
    """The one word among the allowed that a text or its parts stand for; empty where it is none, or several."""
    words = {word for piece in terms(text) for word in _word(piece, source).split("|") if word in allowed}
    return words.pop() if len(words) == 1 else ""


def _word(text: str, source: str) -> str:
    """The word of a card that a text stands for, else the text itself."""
    folded, known = fold(text), _vocabulary(source)
    return known.get(folded) or known.get(" ".join(JOINTS.sub(" ", folded).split()), folded)


@cache
def _vocabulary(source: str) -> Mapping[str, str]:
    return {fold(word): kept for word, kept in sources()[source].vocabulary.items()}


@cache
def _sectors(source: str) -> frozenset[str]:
    codes = {*ROLES, *AUDIENCES, *MISSIONS, *STAGES, *ACTIVITY_TYPES, CALLED_OFF, NOT_STATED}
    return frozenset({word for words in sources()[source].vocabulary.values() for word in words.split("|")} - codes)


# Most cells of a column state what others in it state.
_plain = lru_cache(maxsize=65_536)(plain)
_id = lru_cache(maxsize=65_536)(need_id)
_country_code = lru_cache(maxsize=1_024)(country_code)
