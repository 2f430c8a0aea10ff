"""The walk of `roll.publish_people` by columns: what it publishes, sets aside and reports is the same.

Ids and addresses are compared as numbers made of their keys. Of those that may be nobody's the rows are read again,
and judged as `dashboard/intake/sharing.py` judges all.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.intake import consent
from dashboard.intake.columns import batches
from dashboard.intake.csv_text import PART_LINES
from dashboard.intake.identity import CODE, KEY_HEX, Identity, doubtful_addresses, normal_email, normal_id
from dashboard.intake.parquet import GROUP_ROWS, Aside
from dashboard.intake.programmes import Stream
from dashboard.intake.readers.columns import MOST_REMEMBERED, Column, Memory, Rows, Values, as_kept, distinct
from dashboard.intake.readers.people import NOBODY, STREAM
from dashboard.intake.readers.roll import (
    ERASED,
    IN_DOUBT,
    Layout,
    Roll,
    note_both_answers,
    note_ids,
    publish_people,
    stated_consent,
)
from dashboard.intake.readers.rows import Cells, cells_of, set_aside_misfit
from dashboard.intake.report import WHOLE_ROW, Ledger, RowRefused
from dashboard.intake.sharing import MOST_RECORDS, MOST_ROWS, SHARED_ADDRESS, shared_addresses, shared_ids_of_some
from dashboard.intake.spool import BLOCK_ROWS, Spool
from dashboard.intake.tabular import Table
from dashboard.intake.words import fold, is_missing

ROW, IN_DOUBT_COLUMN = "row", "in_doubt"
# Ids and addresses that are normal as soon as they are in small letters.
CODE_PATTERN = f"^{CODE.pattern}$"
ADDRESS_PATTERN = r"^[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+$"
# So that no address is taken for an id.
OF_ADDRESS = np.uint64(0x9E3779B97F4A7C15)
KINDS = {
    "lines": np.int64,
    **dict.fromkeys(("ids", "emails", "names", "once"), np.uint64),
    **dict.fromkeys(("erased", "erased_ids", "erased_emails"), np.bool_),
}
# What is compared of the rows of an id, and of an address.
BESIDE_IDS, BESIDE_EMAILS = ("emails", "names", "once"), ("ids", "names")
# Columns of a record behind its two keys, in the order of the card's `kept`.
Make = Callable[[Rows], Sequence[Column]]


@dataclass
class Sightings:
    """Who stands in each row that fits the header, in numbers: 0 where nothing does.

    `erased` are rows about somebody erased under a former key; of the others the id or the address may be hers.
    """

    lines: np.ndarray
    ids: np.ndarray
    emails: np.ndarray
    names: np.ndarray
    once: np.ndarray
    erased: np.ndarray
    erased_ids: np.ndarray
    erased_emails: np.ndarray

    @classmethod
    def of(cls, rows: np.ndarray) -> "Sightings":
        """Those of some rows of a spool."""
        return cls(**{name: np.ascontiguousarray(rows[name]) for name in KINDS})


@dataclass(frozen=True)
class Persons:
    """Tells whom rows are about. `emails`, in order, are those of which another row has an id, and `ids` that id."""

    no_ids: np.ndarray
    no_emails: np.ndarray
    emails: np.ndarray
    ids: np.ndarray

    def of(self, seen: Sightings) -> np.ndarray:
        """A number for whom each row is about, which no two people share."""
        has_id = (seen.ids != 0) & ~np.isin(seen.ids, self.no_ids)
        persons = np.where(has_id, seen.ids, seen.lines.astype(np.uint64))
        by_email = np.flatnonzero(~has_id & (seen.emails != 0) & ~np.isin(seen.emails, self.no_emails))
        if len(by_email):
            emails = seen.emails[by_email]
            of_known = emails ^ OF_ADDRESS
            if len(self.emails):
                at = np.minimum(np.searchsorted(self.emails, emails), len(self.emails) - 1)
                of_known = np.where(self.emails[at] == emails, self.ids[at], of_known)
            persons[by_email] = of_known
        return persons


class Reading:
    """One file on its way through the walk, batch by batch."""

    def __init__(self, table: Table, ledger: Ledger, layout: Layout) -> None:
        self.table, self.ledger, self.layout = table, ledger, layout
        self.stated = stated_consent(table, ledger)
        self.consent_at = [at for at in (self.stated.at, *self.stated.taken_back_at) if at is not None]
        self.placeholders = 0
        self.refused: list[tuple[int, Stream]] = []
        self.seen = Spool(ledger.folder / "seen", KINDS)
        self._once: dict[Any, int] = {}

    def read(self, make: Make, aside: Aside) -> None:
        """Puts the records of all rows aside, each with its row and the column in doubt; notes who stands in them."""
        named = {f"#{at}": at for at in self.consent_at}
        memory, waiting, rows_before = Memory(), [], 0
        for batch in batches(replace(self.table, positions=self.table.positions | named)):
            self.ledger.rows_in += len(batch.lines) + len(batch.misfits)
            for row in batch.misfits:
                set_aside_misfit(row, len(self.table.header), self.ledger)
            if not len(batch.lines):
                continue
            rows = Rows(batch, self.ledger, memory)
            keys = self._enter(rows)
            self._refuse_without_consent(rows)
            nobodys = pc.and_(keys[0].is_null(), keys[1].is_null()).to_numpy(zero_copy_only=False)
            rows.refuse(nobodys, lambda _: RowRefused(self.layout.id_column, "", NOBODY))
            table = as_kept(rows, [*keys, *make(rows)])
            at = np.flatnonzero(rows.standing)
            table = table.append_column(ROW, pa.array(at + rows_before))
            doubts = Values(rows.in_doubt, [None, *rows.doubts[1:]])
            waiting.append(table.append_column(IN_DOUBT_COLUMN, doubts.coded(at)))
            rows_before += len(batch.lines)
            if sum(some.num_rows for some in waiting) >= GROUP_ROWS:
                aside.add(pa.concat_tables(waiting))
                waiting.clear()
        if waiting:
            aside.add(pa.concat_tables(waiting))

    def _enter(self, rows: Rows) -> tuple[pa.Array, pa.Array]:
        """Notes whom the rows name; returns the keys of ids and of e-mail addresses."""
        identity, columns = self.ledger.identity, rows.batch.columns
        assert identity
        rows_in = len(rows.standing)
        blank = pa.repeat(pa.scalar(""), rows_in)
        written = columns.get(self.layout.id_column, blank)
        id_key, ids = keys_of(written, identity, "id", CODE_PATTERN, normal_id)
        addresses = columns.get("email", blank)
        email_key, emails = keys_of(
            *(addresses, identity, "email", ADDRESS_PATTERN, normal_email), doubtful=doubtful_addresses()
        )
        if id_key.null_count:
            texts = written.filter(id_key.is_null())
            self.placeholders += pc.sum(pc.not_equal(pc.utf8_trim_whitespace(texts), pa.scalar(""))).as_py()
        codes, names = distinct([columns.get("name", blank)], rows_in)
        numbers = _hashes(hash(name) if name else 0 for name in names)[codes]
        id_now, id_formerly = self._erased(id_key, written, CODE_PATTERN, lambda text: (text, ""))
        email_now, email_formerly = self._erased(email_key, addresses, ADDRESS_PATTERN, lambda text: ("", text))
        formerly = id_formerly | email_formerly
        self.seen.add(
            lines=rows.batch.lines,
            ids=ids,
            emails=emails,
            names=numbers,
            once=self._once_numbers(rows),
            erased=formerly,
            erased_ids=id_now,
            erased_emails=email_now,
        )
        return id_key, email_key

    def _erased(
        self, keys: pa.Array, written: pa.Array, pattern: str, as_pair: Callable[[str], tuple[str, str]]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Which keys are of somebody erased, and in which rows a key that was made of the same text formerly is."""
        marks, identity = self.ledger.erased_marks, self.ledger.identity
        if not marks or not identity:
            return np.zeros(len(keys), dtype=bool), np.zeros(len(keys), dtype=bool)
        codes, different = distinct([keys.fill_null("")], len(keys))
        now = np.array([mark in marks for mark in identity.marks(different)])[codes]
        codes, texts = distinct([written], len(written))
        # Of a text that is normal as it stands the former key is the same one.
        is_normal = pc.match_substring_regex(pc.ascii_lower(pa.array(texts, pa.string())), pattern).to_pylist()
        former = [
            not is_so and self.ledger.are_erased(identity.former_keys(*as_pair(text)))
            for text, is_so in zip(texts, is_normal, strict=True)
        ]
        is_same = np.array(is_normal, dtype=bool)[codes]
        return now, np.array(former, dtype=bool)[codes] | (now & is_same)

    def _once_numbers(self, rows: Rows) -> np.ndarray:
        """A number for what a person stands in only once."""
        columns = [rows.batch.columns[name] for name in self.layout.once if name in rows.batch.columns]
        codes, different = distinct(columns, len(rows.standing))
        if len(self._once) > MOST_REMEMBERED:
            self._once.clear()
        for cells in different:
            if cells not in self._once:
                written = (cells,) if isinstance(cells, str) else cells
                self._once[cells] = hash(tuple(cell.strip().casefold() for cell in written))
        return _hashes(self._once[cells] for cells in different)[codes]

    def _refuse_without_consent(self, rows: Rows) -> None:
        if not self.consent_at:
            return
        names = [f"#{at}" for at in self.consent_at]

        def against(cell: Cells) -> str:
            cells = [""] * len(self.table.header)
            for at, name in zip(self.consent_at, names, strict=True):
                cells[at] = cell(name)
            return self.stated.against(cells)

        def refused_stream(cell: Cells) -> Stream | None:
            """The stream for which somebody refused, who counts no more in what the file replaces."""
            with suppress(RowRefused):
                return self.layout.stream(cell) if against(cell) in consent.STATED else None
            return None

        streams = rows.each(refused_stream, *names, *STREAM)
        before = self.seen.rows - len(rows.standing)
        for at in np.flatnonzero(~streams.is_missing()).tolist():
            stream = streams.distinct[streams.codes[at]]
            self.ledger.streams.add((stream.partner_id, stream.programme_id))
            self.refused.append((before + at, stream))
        has_reason = rows.flag(lambda cell: bool(against(cell)), *names)
        rows.refuse(has_reason, lambda cell: RowRefused(consent.COLUMN, "", against(cell)), *names)


def publish_people_by_column(table: Table, ledger: Ledger, layout: Layout, make: Make) -> None:
    """As `publish_people`, of a layout that names nothing but its columns; a workbook is read row by row.

    Raises:
        FileRefused: consent is stated in no column, or in several.
    """
    if table.text is None:
        publish_people(table, ledger, layout)
        return
    reading = Reading(table, ledger, layout)
    aside = Aside(ledger.folder / "waiting.arrow")
    reading.read(make, aside)
    everybody = reading.seen
    roll, no_ids, no_emails = _judged_keys(everybody, table, layout)
    roll.placeholders = reading.placeholders
    who = _persons(everybody, no_ids, no_emails)
    refusals = _refusals(everybody, who, reading.refused)
    kept = np.zeros(everybody.rows, dtype=bool)
    answers = Spool(ledger.folder / "answers", {"person": np.uint64, "once": np.uint64, "answer": np.int8})
    for waiting in aside.tables():
        # Rows are counted from the first of the table.
        first, last = (waiting[ROW][at].as_py() for at in (0, -1)) if waiting.num_rows else (0, -1)
        seen = Sightings.of(everybody.between(first, last + 1))
        persons = who.of(seen)
        waiting = waiting.set_column(
            waiting.column_names.index(ROW), ROW, pc.subtract(waiting[ROW], pa.scalar(first, pa.int64()))
        )
        rows = _with_keys_of_people(waiting, seen, no_ids, no_emails, ledger, layout)
        rows = _without_refused(_without_erased(rows, seen, ledger), seen, persons, refusals, ledger)
        at = rows[ROW].to_numpy()
        kept[at + first] = True
        if layout.once_answer:
            answers_given = rows[list(ledger.card.kept)[layout.once_answer[0]]].cast(pa.int8()).to_numpy()
            answers.add(person=persons[at], once=seen.once[at], answer=answers_given)
        if rows.num_rows:
            ledger.publish_once(rows.drop_columns([ROW, IN_DOUBT_COLUMN]))
    _account(everybody, who, kept, ledger)
    note_both_answers(_both_answers(answers), ledger, layout)
    if ledger.unread:
        ledger.words_of_names = _words_of_names(table, ledger)
    note_ids(roll, ledger, layout)


def _both_answers(answers: Spool) -> int:
    """How often rows of one person, in what she stands in once, state both yes and no."""
    times = 0
    for rows in answers.by("person"):
        columns = {name: pa.array(np.ascontiguousarray(rows[name])) for name in ("person", "once", "answer")}
        grouped = pa.table(columns).group_by(["person", "once"], use_threads=False)
        extremes = grouped.aggregate([("answer", "min"), ("answer", "max")])
        times += pc.sum(pc.not_equal(extremes["answer_min"], extremes["answer_max"])).as_py() or 0
    answers.close()
    return times


def _judged_keys(everybody: Spool, table: Table, layout: Layout) -> tuple[Roll, Mapping[int, str], np.ndarray]:
    """The roll of the rows whose id or address may be nobody's, the ids that are, with their reasons, and addresses."""
    ids = _all_numbers(_doubtful_ids(_columns_of(rows)) for rows in everybody.by("ids", *BESIDE_IDS))
    emails = _all_numbers(_doubtful_emails(_columns_of(rows)) for rows in everybody.by("emails", *BESIDE_EMAILS))
    if not len(ids) and not len(emails):
        return Roll(), {}, _numbers([])
    doubtful = [rows[np.isin(rows["ids"], ids) | np.isin(rows["emails"], emails)] for rows in everybody.blocks()]
    seen = Sightings.of(np.concatenate(doubtful))
    roll = _roll_of(table, layout, seen.lines)
    sightings = [sighting for sighting in roll.rows if sighting]
    id_numbers = {sighting.id: number for sighting, number in zip(sightings, seen.ids.tolist(), strict=True)}
    email_numbers = {sighting.email: number for sighting, number in zip(sightings, seen.emails.tolist(), strict=True)}
    doubted = set(ids.tolist())
    of_ids = [entry for entry in roll.different if id_numbers[entry[0]] in doubted]
    no_ids = shared_ids_of_some(*_columns(of_ids), everybody.rows)
    if no_ids is None:
        whole = _roll_of(table, layout, np.concatenate([rows["lines"] for rows in everybody.blocks()]))
        whole.close()
        no_ids = {id_: reason for id_, reason in whole.no_ids.items() if id_numbers.get(id_) in doubted}
    doubted = set(emails.tolist())
    of_emails = [entry for entry in roll.different if email_numbers[entry[1]] in doubted]
    known_ids, addresses, names, _ = _columns(of_emails)
    roll.no_ids = no_ids
    roll.no_emails = shared_addresses([id_ if id_ not in no_ids else "" for id_ in known_ids], addresses, names)
    return (
        roll,
        {id_numbers[id_]: reason for id_, reason in no_ids.items()},
        _numbers(email_numbers[email] for email in roll.no_emails),
    )


def _columns(different: Sequence[tuple[str, str, str, tuple[str, ...], int]]) -> tuple[list, list, list, list]:
    """Ids, addresses, names and what a person stands in once, of rows that differ."""
    ids, emails, names, once, _ = map(list, zip(*different, strict=True)) if different else ([], [], [], [], [])
    return ids, emails, names, once


def _roll_of(table: Table, layout: Layout, lines: np.ndarray) -> Roll:
    roll = Roll()
    ends = np.searchsorted(lines, np.arange(len(table.texts) + 1, dtype=np.int64) * PART_LINES)
    for number, text in enumerate(table.texts):
        in_part = lines[ends[number] : ends[number + 1]] - number * PART_LINES
        for row in text.rows_at(in_part.tolist()) if len(in_part) else ():
            roll.enter(row, cells_of(row.cells, table.positions), layout)
    return roll


def _columns_of(rows: np.ndarray) -> dict[str, np.ndarray]:
    return {name: np.ascontiguousarray(rows[name]) for name in rows.dtype.names or ()}


def _doubtful_ids(seen: Mapping[str, np.ndarray]) -> np.ndarray:
    """Ids of which it takes more than numbers to see that they are somebody's: most stand beside one address."""
    of_id = _beside_keys(seen["ids"], {"email": seen["emails"], "name": seen["names"]})
    has_single_name = _is_single(of_id, "name")
    plain = _is_single(of_id, "email") & (of_id["email_count"].to_numpy() == of_id["rows"].to_numpy()) & has_single_name
    rest = ~plain
    # Beside no address in some rows, but in few rows, and in none where it could be only once more than is allowed.
    few = rest & _is_single(of_id, "email") & has_single_name & (of_id["rows"].to_numpy() <= MOST_ROWS)
    ids = of_id["key"].to_numpy()
    if few.any():
        rows = np.isin(seen["ids"], ids[few])
        records = pa.table({"id": seen["ids"][rows], "once": seen["once"][rows]})
        records = records.group_by(["id", "once"], use_threads=False).aggregate([([], "count_all")])
        often = records["id"].to_numpy()[records["count_all"].to_numpy() > MOST_RECORDS]
        rest &= ~few | np.isin(ids, often)
    return ids[rest]


def _doubtful_emails(seen: Mapping[str, np.ndarray]) -> np.ndarray:
    """Addresses that stand beside several ids or names."""
    of_email = _beside_keys(seen["emails"], {"id": seen["ids"], "name": seen["names"]})
    return of_email["key"].to_numpy()[~(_is_single(of_email, "id") & _is_single(of_email, "name"))]


def _beside_keys(keys: np.ndarray, others: Mapping[str, np.ndarray]) -> pa.Table:
    """Of each key its rows, the least and greatest number of each other that stands beside it, and how many e-mails."""
    has_key = keys != 0
    columns = {name: pa.array(values[has_key], mask=values[has_key] == 0) for name, values in others.items()}
    grouped = pa.table({"key": keys[has_key], **columns}).group_by("key", use_threads=False)
    counted = [("email", "count")] if "email" in others else []
    extremes = [(name, how) for name in others for how in ("min", "max")]
    aggregated = grouped.aggregate([([], "count_all"), *extremes, *counted])
    return aggregated.rename_columns({"count_all": "rows"})


def _is_single(beside: pa.Table, name: str) -> np.ndarray:
    """Whether no two different numbers stand beside a key."""
    same = pc.equal(beside[f"{name}_min"], beside[f"{name}_max"])
    return pc.fill_null(same, pa.scalar(True)).combine_chunks().to_numpy(zero_copy_only=False)


def _persons(everybody: Spool, no_ids: Mapping[int, str], no_emails: np.ndarray) -> Persons:
    """Tells whom each row is about; the first id beside an address is that of its rows without one."""
    without, emails, ids = _numbers(no_ids), [], []
    for rows in everybody.by("emails", *BESIDE_EMAILS):
        has_id = (rows["ids"] != 0) & ~np.isin(rows["ids"], without)
        if has_id.all():
            continue
        known, first = np.unique(rows["emails"][has_id], return_index=True)
        is_wanted = np.isin(known, rows["emails"][~has_id])
        emails.append(known[is_wanted])
        ids.append(rows["ids"][has_id][first[is_wanted]])
    known, of_known = _all_numbers(emails), _all_numbers(ids)
    return Persons(without, no_emails, known, of_known)


def _refusals(everybody: Spool, who: Persons, refused: Sequence[tuple[int, Stream]]) -> set[tuple[int, str, str]]:
    """People who refused consent, each with the programme."""
    refusals: set[tuple[int, str, str]] = set()
    rows = np.array([row for row, _ in refused], np.int64)
    for first, block in zip(range(0, everybody.rows, BLOCK_ROWS), everybody.blocks(), strict=True):
        begin, end = np.searchsorted(rows, (first, first + len(block)))
        if end > begin:
            persons = who.of(Sightings.of(block[rows[begin:end] - first])).tolist()
            streams = [stream for _, stream in refused[begin:end]]
            refusals |= {(person, s.partner_id, s.programme_id) for person, s in zip(persons, streams, strict=True)}
    return refusals


def _with_keys_of_people(
    waiting: pa.Table,
    seen: Sightings,
    no_ids: Mapping[int, str],
    no_emails: np.ndarray,
    ledger: Ledger,
    layout: Layout,
) -> pa.Table:
    """Records without keys that are nobody's; those with no key left, and those with a day in doubt, are set aside."""
    if waiting[IN_DOUBT_COLUMN].null_count < waiting.num_rows:
        doubts = waiting[IN_DOUBT_COLUMN].cast(pa.string())
        doubtful = {
            day_column: ledger.orders.doubtful(day_column) for day_column in doubts.unique().to_pylist() if day_column
        }
        in_doubt = pc.is_in(
            doubts, pa.array([day_column for day_column, column in doubtful.items() if column], pa.string())
        )
        aside = waiting.filter(in_doubt)[ROW].to_pylist()
        for at, day_column in zip(aside, doubts.filter(in_doubt).to_pylist(), strict=True):
            ledger.quarantine(int(seen.lines[at]), doubtful[day_column], "", IN_DOUBT)
        waiting = waiting.filter(pc.invert(in_doubt))
    rows = waiting[ROW].to_numpy()
    for name, numbers, nobodys in (
        ("id_key", seen.ids, _numbers(no_ids)),
        ("email_key", seen.emails, no_emails),
    ):
        if len(nobodys) and (gone := np.isin(numbers[rows], nobodys)).any():
            keys = pc.if_else(pa.array(gone), pa.scalar(None, pa.string()), waiting[name])
            waiting = waiting.set_column(waiting.column_names.index(name), name, keys)
    nobody = pc.and_(waiting["id_key"].is_null(), waiting["email_key"].is_null())
    if pc.any(nobody).as_py():
        for at in waiting.filter(nobody)[ROW].to_pylist():
            reason = no_ids.get(int(seen.ids[at])) or SHARED_ADDRESS
            ledger.quarantine(int(seen.lines[at]), layout.id_column, "", reason)
        waiting = waiting.filter(pc.invert(nobody))
    return waiting


def _without_erased(waiting: pa.Table, seen: Sightings, ledger: Ledger) -> pa.Table:
    """The records but for those of people who were erased; the file still speaks for the streams of these."""
    rows = waiting[ROW].to_numpy()
    erased = seen.erased[rows]
    for name, of_keys in (("id_key", seen.erased_ids), ("email_key", seen.erased_emails)):
        erased |= of_keys[rows] & waiting[name].is_valid().to_numpy()
    if not erased.any():
        return waiting
    ledger.streams.update(_streams(waiting.filter(pa.array(erased)), ledger))
    ledger.collapsed += int(erased.sum())
    ledger.erased += int(erased.sum())
    return waiting.filter(pa.array(~erased))


def _without_refused(
    waiting: pa.Table, seen: Sightings, persons: np.ndarray, refusals: Collection[tuple[int, str, str]], ledger: Ledger
) -> pa.Table:
    """The records but for those of people who refused consent in another row of the programme, which are set aside."""
    rows = waiting[ROW].to_numpy()
    of_refusers = np.flatnonzero(np.isin(persons[rows], _numbers(person for person, *_ in refusals)))
    if not len(of_refusers):
        return waiting
    gone = np.zeros(len(rows), dtype=bool)
    streams = _streams(waiting.take(pa.array(of_refusers)), ledger)
    for at, stream in zip(of_refusers.tolist(), streams, strict=True):
        if (int(persons[rows[at]]), *stream) in refusals:
            gone[at] = True
            ledger.quarantine(int(seen.lines[rows[at]]), consent.COLUMN, "", consent.REFUSED_ELSEWHERE)
    return waiting.filter(pa.array(~gone))


def _streams(records: pa.Table, ledger: Ledger) -> list[tuple[str, ...]]:
    """The stream of each record."""
    return [tuple(map(str, row.values())) for row in records.select(list(ledger.card.stream)).to_pylist()]


def _account(everybody: Spool, who: Persons, kept: np.ndarray, ledger: Ledger) -> None:
    """Counts the people of the file: of whom something is kept, and by reason those of whom nothing is."""
    # A row that came apart names nobody: it is one unknown person.
    torn = Counter(f"{row.column}: {row.reason}" for row in ledger.quarantined if row.column == WHOLE_ROW)
    people = Spool(ledger.folder / "people", {"person": np.uint64, "kept": np.bool_})
    aside = sorted((row for row in ledger.quarantined if row.column != WHOLE_ROW), key=lambda row: row.line)
    lines_aside = np.array([row.line for row in aside], np.int64)
    why: dict[int, str] = {}
    for first, rows in zip(range(0, everybody.rows, BLOCK_ROWS), everybody.blocks(), strict=True):
        seen = Sightings.of(rows)
        persons = who.of(seen)
        people.add(person=persons, kept=kept[first : first + len(persons)])
        begin, end = np.searchsorted(lines_aside, (seen.lines[0], seen.lines[-1] + 1))
        at = np.searchsorted(seen.lines, lines_aside[begin:end])
        for number, row in zip(persons[at].tolist(), aside[begin:end], strict=True):
            why.setdefault(number, f"{row.column}: {row.reason}")
    ledger.people_in, ledger.people_published = sum(torn.values()), 0
    ledger.people_set_aside = torn
    for rows in people.by("person"):
        in_file = pa.array(np.ascontiguousarray(rows["person"])).unique()
        published = pa.array(rows["person"][rows["kept"]]).unique()
        ledger.people_in += len(in_file)
        ledger.people_published += len(published)
        if len(in_file) > len(published):
            of_nobody_kept = in_file.filter(pc.invert(pc.is_in(in_file, published))).to_pylist()
            ledger.people_set_aside += Counter(why.get(number, ERASED) for number in of_nobody_kept)
    people.close()
    everybody.close()


def _words_of_names(table: Table, ledger: Ledger) -> frozenset[str]:
    """Words of values that were not understood that are words of names, too."""
    wanted = {word for _, value, _ in ledger.unread for word in fold(value).split() if len(word) > 1}
    if not wanted or "name" not in table.positions:
        return frozenset()
    required = next(column.name for column in ledger.card.columns if column.required and column.name in table.positions)
    positions = {name: table.positions[name] for name in ("name", required)}
    words_of_names: set[str] = set()
    for batch in batches(replace(table, positions=positions)):
        for name in batch.columns["name"].unique().to_pylist() if len(batch.lines) else ():
            words = wanted.intersection(fold(name).split())
            if words and not is_missing(name):
                words_of_names |= words
    return frozenset(words_of_names)


def keys_of(
    column: pa.Array, identity: Identity, kind: str, pattern: str, normal: Callable[[str], str], doubtful: str = ""
) -> tuple[pa.Array, np.ndarray]:
    """The key of each cell, and a number made of it; 0 where there is none.

    A text that matches the pattern, and not that of what is doubtful, is normal as soon as it is in small letters.
    """
    coded = column.dictionary_encode()
    texts = pc.ascii_lower(coded.dictionary)
    is_normal = pc.match_substring_regex(texts, pattern)
    if doubtful:
        is_normal = pc.and_not(is_normal, pc.match_substring_regex(texts, doubtful))
    if is_normal.false_count:
        as_written = zip(coded.dictionary.to_pylist(), texts.to_pylist(), is_normal.to_pylist(), strict=True)
        texts = pa.array([text if is_so else normal(written) for written, text, is_so in as_written], pa.string())
    digests = identity.digests(kind, texts.cast(pa.binary()).to_pylist())
    halves = np.frombuffer(b"".join(digests), np.uint8).reshape(len(digests), -1)[:, : KEY_HEX // 2]
    offsets = pa.py_buffer(np.arange(len(digests) + 1, dtype=np.int32) * KEY_HEX)
    keys = pa.StringArray.from_buffers(len(digests), offsets, pa.py_buffer(halves.tobytes().hex().encode()))
    numbers = halves[:, :8].copy().view(np.uint64)[:, 0]
    if is_normal.false_count:
        missing = pc.equal(texts, pa.scalar(""))
        keys = pc.if_else(missing, pa.scalar(None, pa.string()), keys)
        numbers = np.where(missing.to_numpy(zero_copy_only=False), np.uint64(0), numbers)
    return keys.take(coded.indices), numbers[coded.indices.to_numpy()]


def _hashes(hashes: Iterable[int]) -> np.ndarray:
    """Python's hashes as numbers without a sign."""
    return np.array(list(hashes), np.int64).view(np.uint64)


def _all_numbers(some: Iterable[np.ndarray]) -> np.ndarray:
    return np.concatenate([_numbers([]), *some])


def _numbers(numbers: Iterable[int]) -> np.ndarray:
    return np.array(list(numbers), np.uint64)
