"""The walk of every reader of files about people: consent before all else, then ids over the whole file, then rows.

Which id is nobody's is known only after the last row, so records wait until then; nothing of a person waits with
them but her normal id and address, which never leave this process.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dashboard.intake import consent
from dashboard.intake.identity import normal_email, normal_id
from dashboard.intake.programmes import Stream
from dashboard.intake.readers.rows import Cells, accepted
from dashboard.intake.report import LONGEST_TEXT, WHOLE_ROW, FileRefused, Ledger, RowRefused, clean
from dashboard.intake.sharing import SHARED_ADDRESS, ids_of_two, shared_addresses, shared_ids
from dashboard.intake.tabular import Row, Table
from dashboard.intake.words import fold, is_missing

IN_DOUBT = "day and month can be read in two orders; write YYYY-MM-DD"
ERASED = "the learner was erased"
# One learner may have changed her name; where so many have, two lists may have been numbered alike.
FEWEST_OF_TWO = 3
# So many columns that are not read are named to whoever has to choose one.
MOST_NAMED = 12
# An id may stand in a column that is not its own, so that a value which begins like one is not shown.
HEAD_OF_ID = re.compile(r"[^\d]+(?=\d)")
Record = tuple[Any, ...]


@dataclass(frozen=True)
class Layout:
    """What the walk must know of a source about people.

    Args:
        id_column: the column of the partner's id; `email` and `name` are named alike in every source.
        once: the columns that name what a person stands in only once.
        stream: the partner and programme of a row.
        record: what is kept of a row.
        keys_at: where in the record the keys of id and e-mail address stand; the second is None where none is kept.
        finish: what a record is once the whole file was read.
        nobodys: whether a row is about no person.
        traits: what is one person's in every row, by its place in the record, with the value for not known.
        once_answer: the place in the record of a yes or no that is one in all rows of `once`, and its name.
        traits_once: what is one in all rows of `once`, by its place in the record; a blank contradicts nothing.
        traits_of_stream: as `traits`, what is one person's in every row of a programme.
        is_register: whether a person has one row, so that more of them that read alike are one.
    """

    id_column: str
    once: tuple[str, ...]
    stream: Callable[[Cells], Stream]
    record: Callable[[Cells], Record]
    keys_at: tuple[int, int | None] = (0, 1)
    finish: Callable[[Record], Record] = lambda record: record
    nobodys: Callable[[Cells], bool] = lambda _: False
    traits: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    traits_of_stream: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    once_answer: tuple[int, str] | None = None
    traits_once: Mapping[str, int] = field(default_factory=dict)
    is_register: bool = False


class Sighting(NamedTuple):
    """One person as a row names her, and a number for what she stands in only once."""

    id: str
    email: str
    once: int = 0


@dataclass
class Roll:
    """Whom each row of a file names, counted from 0, and which ids and addresses are nobody's.

    `rows` has None for a row about no person; `aside` states why rows were set aside.
    """

    rows: list[Sighting | None] = field(default_factory=list)
    aside: dict[int, str] = field(default_factory=dict)
    refused: set[tuple[int, Stream]] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)
    different: set[tuple[str, str, str, tuple[str, ...], int]] = field(default_factory=set)
    # Of a register, where the columns stand that are read; and for each different row what it has in them.
    read_at: tuple[int, ...] = ()
    as_read: dict[int, int] = field(default_factory=dict)
    placeholders: int = 0
    no_ids: Mapping[str, str] = field(default_factory=dict)
    no_emails: frozenset[str] = frozenset()
    id_of_email: dict[str, str] = field(default_factory=dict)

    def enter(self, row: Row, cell: Cells, layout: Layout) -> None:
        """Notes whom a row names."""
        written = cell(layout.id_column)
        once = tuple([cell(name).strip().casefold() for name in layout.once])
        sighting = Sighting(normal_id(written), normal_email(cell("email")), hash(once))
        self.placeholders += bool(written.strip()) and not sighting.id
        self.rows.append(sighting)
        of_row = hash(tuple(row.cells))
        self.different.add((sighting.id, sighting.email, cell("name"), once, of_row))
        if self.read_at:
            self.as_read[of_row] = hash(tuple([row.cells[at] for at in self.read_at]))

    def _is_joined(self) -> bool:
        """Whether most ids have rows that differ in nothing that is read: a register joined with a list of courses, or
        of something else, whose rows are no records of a learner."""
        rows = Counter(entry[0] for entry in self.different)
        rows_as_read = Counter(id_ for id_, _ in {(entry[0], self.as_read.get(entry[4])) for entry in self.different})
        return bool(self.as_read) and 2 * sum(rows[id_] > rows_as_read[id_] for id_ in rows) > len(rows)

    def close(self) -> None:
        """Finds out, after the last row, which ids and addresses are nobody's."""
        if self._is_joined():
            self.different = {(*entry[:4], self.as_read[entry[4]]) for entry in self.different}
        if self.different:
            ids, emails, names, once, _rows = zip(*self.different, strict=True)
            self.no_ids = shared_ids(ids, emails, names, once)
            self.no_emails = shared_addresses([id_ if id_ not in self.no_ids else "" for id_ in ids], emails, names)
        for sighting in self.rows:
            if sighting and sighting.id and sighting.id not in self.no_ids and sighting.email:
                self.id_of_email.setdefault(sighting.email, sighting.id)

    def person(self, at: int) -> object:
        """Whom a row is about, in words that no two people share; a row that is nobody's is its own."""
        sighting = self.rows[at] or Sighting("", "")
        if sighting.id and sighting.id not in self.no_ids:
            return "id", sighting.id
        if sighting.email and sighting.email not in self.no_emails:
            known = self.id_of_email.get(sighting.email)
            return ("id", known) if known else ("email", sighting.email)
        return at

    @property
    def words_of_names(self) -> frozenset[str]:
        """The words of all names, folded; of a register also what its ids begin with: KRN of KRN-001."""
        names = {entry[2] for entry in self.different}
        found = {word for name in names if not is_missing(name) for word in fold(name).split()}
        if self.read_at:
            heads = {HEAD_OF_ID.match(entry[0]) for entry in self.different}
            found |= {word for head in heads if head for word in fold(head[0]).split()}
        return frozenset(word for word in found if len(word) > 1)


def publish_people(table: Table, ledger: Ledger, layout: Layout) -> None:
    """Publishes one record a row about people; one that states the same again, or of somebody erased, is collapsed.

    Raises:
        FileRefused: consent is stated in no column, in several, or perhaps in one that is not read; or a register has
            no column of ids and none of addresses.
    """
    if layout.is_register:
        _refuse_nobodys(table, layout.id_column)
    stated = stated_consent(table, ledger)
    doubtful = _unread(table) if stated.at is None and ledger.card.needs_consent else []
    answers = consent.Answers(at for at in doubtful if at not in stated.taken_back_at)
    roll = Roll(read_at=tuple(table.positions.values()) if layout.is_register else ())
    waiting: list[tuple[int, int, Record, str]] = []

    def parse(row: Row, cell: Cells) -> Record:
        answers.enter(row.cells)
        ledger.line, ledger.in_doubt = row.line, ""
        at = len(roll.rows)
        if layout.nobodys(cell):
            roll.rows.append(None)
        else:
            roll.enter(row, cell, layout)
            if ledger.erased_marks and ledger.identity:
                former = ledger.identity.former_keys(cell(layout.id_column), cell("email"))
                roll.erased |= {at} if ledger.are_erased(former) else set()
        try:
            return record_of(at, row, cell)
        except RowRefused as refused:
            roll.aside[at] = f"{refused.column}: {refused.reason}"
            raise

    def record_of(at: int, row: Row, cell: Cells) -> Record:
        if against := stated.against(row.cells):
            if against in consent.STATED:
                # The file still speaks for the programme: a register of before, with the learner in it, counts no more.
                with suppress(RowRefused):
                    stream = layout.stream(cell)
                    ledger.streams.add((stream.partner_id, stream.programme_id))
                    roll.refused.add((at, stream))
            raise RowRefused(consent.COLUMN, "", against)
        return layout.record(cell)

    # In a row about a person a cell too few is a comma without quotes elsewhere, and what follows it is shifted.
    for row, record in accepted(table, ledger, parse, blanks_may_be_left_out=False):
        waiting.append((row.line, len(roll.rows) - 1, record, ledger.in_doubt))
    answers.refuse(table.header)
    roll.close()
    published = _publish(waiting, roll, ledger, layout)
    _account(roll, ledger, published)
    note_ids(roll, ledger, layout)


def _refuse_nobodys(table: Table, id_column: str) -> None:
    """Raises FileRefused where no column is read as an id or an address, so that every row would be nobody's."""
    if {id_column, "email"} & table.positions.keys():
        return
    left = [clean(header)[:LONGEST_TEXT] for _, header in table.unknown_headers if clean(header)]
    unread = f" These columns are not read: {', '.join(f'“{header}”' for header in left[:MOST_NAMED])}." if left else ""
    raise FileRefused(
        "No column of the file is read as the learner's id or e-mail address, without which a row is nobody's."
        f"{unread} Choose the one that holds it (`--column {id_column}=HEADER`, `--column email=HEADER`).",
        asks="columns",
    )


def stated_consent(table: Table, ledger: Ledger) -> consent.Consent:
    """Where the file states consent, which is noted where the card does not name that column.

    Raises:
        FileRefused: consent is stated in no column, or in several.
    """
    stated = consent.find(
        *(table.header, table.positions, ledger.card, ledger.no_consent_column),
        answers=lambda: _unread_answers(table),
    )
    if stated.at is not None:
        ledger.read_too.add(stated.at)
    if stated.at is not None and stated.at != table.positions.get(consent.COLUMN):
        ledger.notes.append(f"Consent is read from the column “{table.header[stated.at]}”.")
    return stated


def _unread(table: Table) -> list[int]:
    """The columns that are not read and that no word of the vocabulary distinguishes from consent."""
    return [at for at, header in table.unknown_headers if consent.is_unread(header)]


def _unread_answers(table: Table) -> list[int]:
    """Those of them that hold yes and no; the rows are read for it."""
    answers = consent.Answers(_unread(table))
    for row in table.rows:
        answers.enter(row.cells)
    return answers.columns


def _publish(waiting: list[tuple[int, int, Record, str]], roll: Roll, ledger: Ledger, layout: Layout) -> set[object]:
    """Publishes what waits; returns the people of whom something was kept."""
    seen: set[Record] = set()
    refusals = {(roll.person(at), stream) for at, stream in roll.refused}
    kept_people: set[object] = set()
    traits: dict[str, dict[object, set[Any]]] = {label: {} for label in (*layout.traits, *layout.traits_of_stream)}

    answers: dict[tuple[object, int], set[bool]] = {}
    once: dict[str, dict[tuple[object, int], set[Any]]] = {label: defaultdict(set) for label in layout.traits_once}

    def set_aside(line: int, at: int, column: str, reason: str) -> None:
        ledger.quarantine(line, column, "", reason)
        roll.aside[at] = f"{column}: {reason}"

    for line, at, record, in_doubt in waiting:
        if in_doubt and (column := ledger.orders.doubtful(in_doubt)):
            set_aside(line, at, column, IN_DOUBT)
            continue
        sighting = roll.rows[at]
        if sighting is not None:
            record = _without_shared(record, sighting, roll, layout)
            if all(key_position is None or record[key_position] is None for key_position in layout.keys_at):
                set_aside(line, at, layout.id_column, roll.no_ids.get(sighting.id) or SHARED_ADDRESS)
                continue
        record, person = layout.finish(record), roll.person(at)
        if at in roll.erased or ledger.is_erased(record):
            ledger.drop_erased(record)
            continue
        if refusals and (person, Stream(record[2], record[3])) in refusals:
            set_aside(line, at, consent.COLUMN, consent.REFUSED_ELSEWHERE)
            continue
        if sighting is not None:
            kept_people.add(person)
            for label, (position, unsaid) in layout.traits.items():
                if record[position] not in (unsaid, None):
                    traits[label].setdefault(person, set()).add(record[position])
            for label, at_label in layout.traits_once.items():
                if record[at_label] is not None:
                    once[label][person, sighting.once].add(record[at_label])
            if layout.once_answer:
                answers.setdefault((person, sighting.once), set()).add(record[layout.once_answer[0]])
            for label, (position, unsaid) in layout.traits_of_stream.items():
                if record[position] not in (unsaid, None):
                    traits[label].setdefault((person, record[2], record[3]), set()).add(record[position])
        if record in seen:
            ledger.collapsed += 1
        else:
            seen.add(record)
            ledger.publish([record])
    note_both_answers(sum(len(given) > 1 for given in answers.values()), ledger, layout)
    for label, given in once.items():
        if times := sum(len(values) > 1 for values in given.values()):
            ledger.notes.append(
                f"{times} times rows of one learner about one thing ({', '.join(layout.once)}) differ in {label}; each "
                "counts as it stands."
            )
    for label, of_people in traits.items():
        differing = sum(len(values) > 1 for values in of_people.values())
        if differing and label in layout.traits_of_stream:
            ledger.notes.append(f"{differing} learners of a programme have rows that differ in {label}.")
        elif differing:
            ledger.notes.append(
                f"{differing} people have rows that differ in {label}; what the row of the latest registration says is "
                "counted."
            )
    return kept_people


def _without_shared(record: Record, sighting: Sighting, roll: Roll, layout: Layout) -> Record:
    """The record without the keys that are nobody's."""
    id_at, email_at = layout.keys_at
    shared_positions = {
        id_at if sighting.id in roll.no_ids else None,
        email_at if sighting.email in roll.no_emails else None,
    } - {None}
    return (
        tuple(None if at in shared_positions else value for at, value in enumerate(record))
        if shared_positions
        else record
    )


def _account(roll: Roll, ledger: Ledger, published: set[object]) -> None:
    """Counts the people of the file: of whom something is kept, and by reason those of whom nothing is."""
    why: dict[object, str] = {}
    for at, reason in sorted(roll.aside.items()):
        why.setdefault(roll.person(at), reason)
    everybody = {roll.person(at) for at, sighting in enumerate(roll.rows) if sighting is not None}
    # A row that came apart names nobody: it is one unknown person.
    torn = Counter(f"{row.column}: {row.reason}" for row in ledger.quarantined if row.column == WHOLE_ROW)
    ledger.people_in, ledger.people_published = len(everybody) + sum(torn.values()), len(published)
    ledger.people_set_aside = torn + Counter(why.get(person, ERASED) for person in everybody - published)
    ledger.words_of_names = roll.words_of_names


def note_both_answers(times: int, ledger: Ledger, layout: Layout) -> None:
    """Says how often rows of one learner in one course, or whatever she stands in once, state both yes and no."""
    if layout.once_answer and times:
        ledger.notes.append(
            f"{times} times rows of one learner in one course say both Yes and No: {layout.once_answer[1]}."
        )


def note_ids(roll: Roll, ledger: Ledger, layout: Layout) -> None:
    """Says how many ids were none, and why; never which."""
    if roll.placeholders:
        ledger.notes.append(
            f"{roll.placeholders} rows: the id is a placeholder or a number cut short, so the e-mail address stands "
            "for the learner; a row without one is set aside."
        )
    sightings = [sighting for sighting in roll.rows if sighting is not None]
    rows = Counter(roll.no_ids[sighting.id] for sighting in sightings if sighting.id in roll.no_ids)
    for reason, ids in Counter(roll.no_ids.values()).most_common():
        ledger.notes.append(
            f"{ids} ids, in {rows[reason]} rows: {reason}. The e-mail address is used; a row without one is set aside."
        )
    different = [entry for entry in roll.different if entry[0] not in roll.no_ids]
    of_two = ids_of_two(
        [entry[0] for entry in different], [entry[1] for entry in different], [entry[2] for entry in different]
    )
    if len(of_two) >= FEWEST_OF_TWO:
        ledger.notes.append(
            f"{len(of_two)} ids, in {sum(sighting.id in of_two for sighting in sightings)} rows, stand beside two "
            "names that are not alike and no e-mail address; each is counted as one learner. Look "
            "whether ids were given twice."
        )
    if roll.no_emails:
        of = sum(sighting.email in roll.no_emails for sighting in sightings)
        ledger.notes.append(f"{len(roll.no_emails)} e-mail addresses, in {of} rows: {SHARED_ADDRESS}.")
