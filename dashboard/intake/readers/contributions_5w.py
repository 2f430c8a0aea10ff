"""Who does what, where, when and for whom: one row for each organisation in an activity.

Lists of others come too: with presence only, without sectors, or with a column for each sector instead of rows.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from dashboard.intake import countries
from dashboard.intake.programmes import identifier
from dashboard.intake.readers.organisations import (
    ACTIVITY_TYPES,
    AUDIENCES,
    MISSIONS,
    STAGES,
    country_code,
    need_id,
    people,
)
from dashboard.intake.readers.people import plain
from dashboard.intake.readers.rows import Cells, accepted
from dashboard.intake.report import LONGEST_TEXT, UNREADABLE, FileRefused, Ledger, RowRefused, clean, holds_address
from dashboard.intake.tabular import TAGS_BELOW, Row, Table, key
from dashboard.intake.values import date_of, need_date

ROLES = ("lead", "supporter")
EDUCATION = "Education"
NOT_STATED = "not stated"
# Which number of people an HXL hashtag stands for.
MEASURES: Mapping[str, str] = {
    "#inneed": "people_in_need",
    "#affected": "people_in_need",
    "#targeted": "people_targeted",
    "#target": "people_targeted",
    "#reached": "people_direct",
}
NUMBERS = ("people_in_need", "people_targeted", "people_direct", "people_indirect", "people_claimed")
# The code of a place begins with its country: TD07, ET010302.
PLACE_CODE = re.compile(r"([A-Za-z]{2})\d{1,12}", re.ASCII)
# What tells two words of a cell apart, such as Education / التعليم.
BETWEEN = re.compile(r"[/|;,()\n]|\s[-–—]\s")


@dataclass(frozen=True)
class Draft:
    """One record before it is known what a blank sector means in this file; `place` tells it apart and is not kept."""

    activity_id: str
    sector: str | None
    head: tuple[Any, ...]
    numbers: tuple[int | None, ...]
    place: tuple[str, ...]


# Where the numbers of each sector stand in a table that has a column for each: sector to measure to position.
Wide = Mapping[str, Mapping[str, int]]


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record an organisation, activity and sector; a row that says the same again is collapsed.

    Raises:
        FileRefused: a number of people stands in two columns, and nothing says of which sector each is.
    """
    wide = _wide(table, ledger)
    drafts = list(accepted(table, ledger, lambda row, cell: _drafts(row, cell, ledger, wide)))
    # A supporter's row may leave out what its lead says.
    sectors = {draft.activity_id: draft.sector for _, of_row in drafts for draft in of_row if draft.sector}
    if not sectors and drafts:
        ledger.notes.append("No row says a sector, so all count as education; --column sector=HEADER names a column")
    seen: set[tuple[Any, ...]] = set()
    for _, of_row in drafts:
        records = [_record(draft, _otherwise(draft, sectors), ledger) for draft in of_row]
        new = [record for record in dict.fromkeys(records) if record not in seen]
        seen.update(new)
        if new:
            ledger.publish(new)
        else:
            ledger.collapsed += 1


def _wide(table: Table, ledger: Ledger) -> Wide:
    """The columns by sector, told by an attribute of the tag (`#reached+education`) or by the title over a group."""
    groups = _groups(table)
    found: dict[str, dict[str, int]] = {}
    left: dict[str, int] = {}
    for at, tag in enumerate(table.tags if "sector" not in table.positions else ()):
        hashtag, _, attributes = tag.partition("+")
        measure = MEASURES.get(hashtag)
        if measure is None:
            continue
        known = [sector for one in attributes.split("+") if (sector := _word(one, ledger)) in _sectors(ledger)]
        sector = known[0] if len(known) == 1 else "" if attributes else groups.get(at, "")
        if not sector:
            left[tag] = left.get(tag, 0) + 1
        elif measure in found.setdefault(sector, {}):
            raise FileRefused(f"The header names {tag} twice for {sector}. Keep one of them.")
        else:
            found[sector][measure] = at
    if found:
        if left:
            ledger.notes.append(f"Numbers that are of no sector are not kept: {', '.join(sorted(left))}")
        ledger.read_too |= {at for places in found.values() for at in places.values()}
        return found
    twice = sorted({tag for tag in table.tags if tag.partition("+")[0] in MEASURES and table.tags.count(tag) > 1})
    if twice:
        raise FileRefused(f"The header names {', '.join(twice)} twice. Keep one of them.")
    return {}


def _groups(table: Table) -> dict[int, str]:
    """Titles over groups of columns, on the first of two lines of headers; each holds until the next."""
    if len(table.preamble) < TAGS_BELOW:
        return {}
    title, found = "", {}
    line = table.preamble[-TAGS_BELOW]
    for at in range(len(table.tags)):
        title = clean(line[at])[:LONGEST_TEXT] if at < len(line) and line[at].strip() else title
        found[at] = title
    return found


def _drafts(row: Row, cell: Cells, ledger: Ledger, wide: Wide) -> list[Draft]:
    if not wide and not clean(cell("organisation")) and not any(clean(cell(name)) for name in NUMBERS[:3]):
        raise RowRefused("organisation", "", "blank, and so are the numbers of people")
    draft = _draft(cell, ledger)
    if not wide:
        return [replace(draft, numbers=tuple(people(cell(name), name) for name in NUMBERS))]
    found = []
    for sector, places in wide.items():
        numbers = tuple(people(row.cells[places[name]], name) if name in places else None for name in NUMBERS)
        if any(number is not None for number in numbers):
            found.append(replace(draft, sector=sector, numbers=numbers))
    if not found:
        raise RowRefused("people_in_need", "", "no sector has a number in this row")
    return found


def _draft(cell: Cells, ledger: Ledger) -> Draft:
    organisation = plain(cell("organisation"), "organisation") or NOT_STATED
    began_on = need_date(cell("began_on"), ledger, "began_on") if cell("began_on").strip() else None
    ended_on = need_date(cell("ended_on"), ledger, "ended_on") if cell("ended_on").strip() else None
    if began_on and ended_on and ended_on < began_on:
        raise RowRefused("ended_on", cell("ended_on"), "before the first day")
    reported_by = ledger.partner or identifier(clean(cell("reported_by")))
    if not reported_by:
        raise RowRefused("reported_by", "", "blank: say with --partner who sends the list")
    _captured(cell("captured_on"), ledger)
    own = cell("activity_id").strip()
    return Draft(
        activity_id=need_id(own, "activity_id") if own else "",
        sector=plain(cell("sector"), "sector"),
        head=(
            need_id(cell("partner_id") or organisation, "partner_id"),
            organisation,
            plain(cell("organisation_type"), "organisation_type"),
            _code(cell("role"), "role", ROLES, ledger) or "lead",
            _country(cell, ledger),
            plain(cell("admin1_code"), "admin1_code"),
            plain(cell("admin1"), "admin1"),
            plain(cell("admin2_code"), "admin2_code"),
            plain(cell("admin2"), "admin2"),
            _activity(cell("activity"), ledger),
            _told(cell("activity_type"), ACTIVITY_TYPES, "other", "the kind of activity", ledger),
            _told(cell("mission"), MISSIONS, None, "the mission", ledger),
            _code(cell("audience"), "audience", AUDIENCES, ledger) or "learners",
            _told(cell("stage"), STAGES, None, "the stage", ledger),
            began_on,
            ended_on,
            reported_by,
        ),
        numbers=(),
        place=tuple(clean(cell(name)) for name in ("admin3_code", "admin3", "row_id")),
    )


def _otherwise(draft: Draft, sectors: Mapping[str, str]) -> str:
    """What a blank sector means: that of its activity elsewhere in the file, education where nobody says any."""
    if not sectors:
        return EDUCATION
    return sectors.get(draft.activity_id, NOT_STATED) if draft.activity_id else NOT_STATED


def _record(draft: Draft, otherwise: str, ledger: Ledger) -> tuple[Any, ...]:
    """The record in the order of the card's `kept`; without an id of its own it has one made of all that it says."""
    sector = draft.sector or otherwise
    *who_and_where, activity, kind, mission, audience, stage, began_on, ended_on, reported_by = draft.head
    record = (
        *who_and_where,
        sector,
        is_education(sector, ledger.card.vocabulary),
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
    told_apart = (record, draft.place) if any(draft.place) else record
    return (draft.activity_id or hashlib.sha256(repr(told_apart).encode()).hexdigest()[:16], *record)


def is_education(sector: str, vocabulary: Mapping[str, str]) -> bool:
    """Whether education is among the words of a sector, in whatever language and beside whatever other."""
    known = _folded(tuple(vocabulary.items()))
    return any(known.get(_fold(part)) == EDUCATION for part in [sector, *BETWEEN.split(sector)])


def _country(cell: Cells, ledger: Ledger) -> str:
    """The country of a row: by its code or name, by the code of a place, or as declared."""
    for name in ("country_iso3", "country"):
        if clean(cell(name)):
            return country_code(cell(name), name)
    for name in ("admin1_code", "admin2_code", "admin3_code"):
        place = PLACE_CODE.fullmatch(clean(cell(name)))
        if place and (found := countries.alpha2().get(place[1].upper())):
            return found
    if not ledger.country:
        raise RowRefused("country_iso3", "", "neither a country nor a code of a place: say with --country which it is")
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
    day = date_of(clean(text), ledger.card.date_formats)
    said = day.isoformat() if day and day.isoformat() <= ledger.today else UNREADABLE
    if ledger.captured_on and said != ledger.captured_on:
        raise FileRefused("Rows of the file stood so on different days. Send those of each day as a file of its own.")
    ledger.captured_on = said


def _code(text: str, column: str, allowed: tuple[str, ...], ledger: Ledger) -> str:
    written = clean(text)
    found = _word(written, ledger)
    if written and found not in allowed:
        raise RowRefused(column, text, f"none of {', '.join(allowed)}")
    return found


def _told(text: str, allowed: tuple[str, ...], other: str | None, words: str, ledger: Ledger) -> str | None:
    """One of the words, or `other` where a list has its own, which is noted; None when blank."""
    if not clean(text):
        return None
    found = _word(text, ledger)
    if found in allowed:
        return found
    ledger.remarks[f"{words} is in no vocabulary of this source, and is kept as {other or NOT_STATED}"] += 1
    return other


def _word(text: str, ledger: Ledger) -> str:
    """The word of the card that a text stands for, else the text itself."""
    folded = _fold(text)
    return _folded(tuple(ledger.card.vocabulary.items())).get(folded, folded)


def _sectors(ledger: Ledger) -> frozenset[str]:
    codes = {*ROLES, *AUDIENCES, *MISSIONS, *STAGES, *ACTIVITY_TYPES}
    return frozenset(set(ledger.card.vocabulary.values()) - codes)


@cache
def _folded(vocabulary: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    return {_fold(word): kept for word, kept in vocabulary}


def _fold(text: str) -> str:
    plain_ = unicodedata.normalize("NFKD", key(text))
    return " ".join("".join(c for c in plain_ if not unicodedata.combining(c)).split())
