"""Runs in a process of its own: one file in, a checked Parquet and a report out. Its death is the parent's reason code.

An order to `recognise` looks at the first rows only, and states which sources they answer to; one with `lines` gives
those rows back to whoever sent them.

Called as `python -I -m dashboard.intake.child` with a JSON order on standard input.
"""

import gc
import json
import os
import resource
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from dashboard.intake.limits import Limits, limits_of

OPEN_FILES = 64
NEW_OBJECTS = 1_000_000
PROGRESS_EVERY = 5_000
REFUSED = 3
MANY_ROWS = 100
# So many reasons, and values of each, are named in a refusal, and so much of a value.
MOST_NAMED, LONGEST_NAMED = 3, 60


class Omitting:
    """Finds none of the modules that Arrow imports where it can, and that reading a table does not need.

    They take longer to import than a small file to read.
    """

    modules = frozenset(("pandas", "pyarrow._azurefs", "pyarrow._gcsfs", "pyarrow._hdfs", "pyarrow._s3fs"))

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Raises ModuleNotFoundError for one of them; leaves all others to the next finder."""
        if name in self.modules:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def limit(limits: Limits) -> None:
    """Takes away what parsing a table does not need."""
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.written, limits.written))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Rows hold no cycles, and looking for them among hundreds of thousands takes a quarter of the time.
    gc.set_threshold(NEW_OBJECTS)


def parse(order: dict[str, Any]) -> dict[str, Any]:
    """Reads the file of the order and writes `rows.parquet` into its folder; returns the report as a dictionary."""
    from dashboard.intake.corrections import corrections
    from dashboard.intake.days import Orders
    from dashboard.intake.identity import Identity
    from dashboard.intake.layouts import refuse_totals
    from dashboard.intake.parquet import Records, as_table
    from dashboard.intake.readers import READERS
    from dashboard.intake.report import DEMONSTRATION_MARK, UNREADABLE, FileRefused, Ledger, Report
    from dashboard.intake.tabular import open_parts, open_table
    from dashboard.store.joining import CORRECTIONS, UNSAID, FileId
    from dashboard.warehouse.catalog import sources

    card = sources()[order["source"]]
    folder = Path(order["folder"])
    identity = Identity(bytes.fromhex(order["secret"])) if order["secret"] else None
    ledger = Ledger(
        card,
        identity=identity,
        partner=order["partner"],
        programme=order["programme"],
        zone=order["zone"] or card.zone,
        country=order.get("country", ""),
        sector=order.get("sector", ""),
        today=order["today"],
        erased_marks=frozenset(order["erased"]),
        no_consent_column=order.get("no_consent_column", False),
        progress_scale=order.get("progress_scale", ""),
        orders=Orders(order.get("date_order", ""), card.day_first, is_per_file=not card.people),
        folder=folder,
    )
    pairs = [(name, mapped) for name, mapped in order["columns"]]
    files_and_names = [(Path(file), name) for file, name in order.get("parts", ())]
    try:
        if files_and_names:
            table = open_parts(files_and_names, card, order["encoding"], pairs, limits_of(order))
        else:
            table = open_table(Path(order["file"]), card, order["encoding"], pairs, limits_of(order))
    except FileRefused:
        if not files_and_names:
            refuse_totals(_first_lines(order))
        raise
    ledger.notes += table.notes
    kind = order.get("kind", "")
    corrected = None
    if kind in (UNSAID, CORRECTIONS):
        corrected = corrections(table, order.get("corrects", ""), order.get("to_correct", {}), kind == CORRECTIONS)
    if corrected:
        kind, table = CORRECTIONS, replace(table, rows=corrected.rows, text=None)
        ledger.read_too |= corrected.columns
    marked = any(DEMONSTRATION_MARK in cell for row in [*table.preamble, table.header] for cell in row)
    seen = {"marked": marked}

    def ends() -> tuple[str, str]:
        """The day of capture and the provenance, which are known when the last row was read."""
        day = order["captured_on"] or ledger.captured_on or order["captured_on_in_name"] or order["today"]
        is_demo = seen["marked"]
        if corrected:
            file = FileId.read(corrected.file)
            day, is_demo = file.captured_on, is_demo or file.is_demo
        return day, "demo" if is_demo else order["provenance"] or card.provenance

    records = Records(card, folder, ends)
    ledger.add = records.add
    try:
        READERS[card.name](_watched(table, ledger, seen, DEMONSTRATION_MARK), ledger)
    finally:
        ledger.add = None  # else ledger and records would hold each other in memory
    twice = records.keep_once()
    ledger.published_rows -= twice
    ledger.collapsed += twice
    ledger.balance()
    ledger.quarantined.sort(key=lambda row: row.line)
    unread = ledger.unread_values()
    if files_and_names:
        names = [name for _, name in files_and_names]
        ledger.quarantined = [_in_part(row, names) for row in ledger.quarantined]
        unread = tuple(_first_in_part(value, names) for value in unread)
    if corrected and corrected.accepted_before:
        ledger.notes.append(f"{corrected.accepted_before} rows were corrected and accepted before, and are left out")
    if not (corrected and corrected.accepted_before and not ledger.rows_in):  # all of them came in before
        _judge(ledger, records.rows or len(ledger.rows))
    captured_on, provenance = ends()
    if captured_on == UNREADABLE:
        raise FileRefused(
            "The file states the day it was extracted in a form that cannot be read. Declare it (`--captured-on`)."
        )
    if not (corrected or order["captured_on"] or ledger.captured_on or order["captured_on_in_name"]):
        ledger.notes.append(
            "Neither the file nor its name states a day of capture, so today is taken; another can be declared "
            "(`--captured-on`)."
        )
    if ledger.rows:
        records.add(as_table(card, ledger.rows))
    content = records.close()
    ledger.notes += [f"{rows} rows: {remark}" for remark, rows in sorted(ledger.remarks.items())]
    ledger.notes += ledger.left_out_notes
    if ledger.erased:
        ledger.notes.append(f"{ledger.erased} rows: of learners who were erased; collapsed, none of them is kept")
    return Report(
        source=card.name,
        file=order["name"],
        rows_in=ledger.rows_in,
        published=ledger.published_rows,
        collapsed=ledger.collapsed,
        quarantined=tuple(ledger.quarantined),
        dropped_columns=_dropped(table, card, ledger.read_too),
        notes=tuple(ledger.notes),
        captured_on=captured_on,
        provenance=provenance,
        streams=tuple(sorted("/".join(stream) for stream in records.streams | ledger.streams)),
        learner_secret=identity.fingerprint if identity else "",
        erased=ledger.erased,
        content=content,
        unread=unread,
        people_in=ledger.people_in,
        people_published=ledger.people_published,
        people_set_aside=tuple(ledger.people_set_aside.most_common()),
        kind=kind,
        corrects=corrected.file if corrected else "",
        lines=tuple(sorted(corrected.lines)) if corrected else (),
    ).as_json()


def _in_part(row: Any, names: Sequence[str]) -> Any:
    """A row set aside, with the name of its part and the line in it."""
    from dashboard.intake.csv_text import PART_LINES

    number, line = divmod(row.line, PART_LINES)
    return replace(row, line=line, file=names[number])


def _first_in_part(value: Any, names: Sequence[str]) -> Any:
    """A value that was not understood, with the name of the first part that has it and its lines there."""
    from dashboard.intake.csv_text import PART_LINES

    in_parts = [divmod(line, PART_LINES) for line in value.lines]
    first = in_parts[0][0]
    return replace(value, lines=tuple(line for number, line in in_parts if number == first), file=names[first])


def look(order: dict[str, Any]) -> dict[str, Any]:
    """Which sources the file of the order answers to, best first, and its header; no cell of a row below that."""
    from dashboard.intake.headers import header_names, header_positions, is_tags, letters, merged
    from dashboard.intake.layouts import refuse_totals
    from dashboard.intake.likeness import FEW_HEADERS, reads_like_header
    from dashboard.intake.report import LONGEST_TEXT, clean
    from dashboard.intake.tabular import Row, first_rows
    from dashboard.warehouse.catalog import sources

    cards = sources().values()
    names = {card.name: header_names(card) for card in cards}
    known = {letters(name) for of_card in names.values() for wanted in of_card.values() for name in wanted} - {""}
    grids = first_rows(Path(order["file"]), max(card.max_columns for card in cards), order["encoding"])
    answered: dict[str, tuple[int, float]] = {}
    header, most_known = None, 0
    for sheet, rows in grids:
        for at, row in enumerate(rows):
            above = [line.cells for line in rows[:at]]
            likely = is_tags(row.cells) or bool(known & set(map(letters, row.cells)))
            for card in cards if likely else ():
                positions = header_positions(row.cells, above, card, names[card.name])
                if len(positions) > most_known:
                    shown = bool(above) and is_tags(row.cells) and reads_like_header(above[-1], [])
                    header = (sheet, Row(row.line, merged(row.cells, above[-1:] if shown else [])))
                    most_known = len(positions)
                if not card.lacking(positions):
                    answer = (len(positions), len(positions) / len(card.columns))
                    answered[card.name] = max(answer, answered.get(card.name, answer))
    # One word that a card knows may be a cell of a row about a person.
    if header is None or most_known < FEW_HEADERS and not answered:
        header = _first_header(grids, max(card.max_columns for card in cards))
    if not answered:
        refuse_totals(row.cells for _, rows in grids for row in rows)
    written = [clean(cell) for cell in header[1].cells] if header else []
    return {
        "sources": sorted(answered, key=lambda name: (*(-figure for figure in answered[name]), name)),
        "sheet": clean(header[0]) if header else "",
        "line": header[1].line if header else 0,
        "headers": list(dict.fromkeys(name for name in written if 0 < len(name) <= LONGEST_TEXT)),
    }


def _first_lines(order: dict[str, Any]) -> list[list[str]]:
    """The lines within which a header stands; none where the file cannot be read at all."""
    from dashboard.intake.report import FileRefused
    from dashboard.intake.tabular import first_rows
    from dashboard.warehouse.catalog import sources

    most_columns = max(card.max_columns for card in sources().values())
    try:
        sheets = first_rows(Path(order["file"]), most_columns, order["encoding"], limits_of(order))
        return [row.cells for _, rows in sheets for row in rows]
    except FileRefused:
        return []


def _first_header(grids: Any, most_columns: int) -> Any:
    """The first row that reads like a header that no card knows, with its sheet; None where there is none."""
    from dashboard.intake.likeness import FEW_HEADERS, reads_like_header

    by_width = sorted(grids, key=lambda grid: -max((len(row.cells) for row in grid[1]), default=0))
    for sheet, rows in by_width:
        widest = max((len(row.cells) for row in rows), default=0)
        for at, row in enumerate(rows[:-1]):
            wide_enough = FEW_HEADERS <= len(row.cells) <= most_columns and len(row.cells) >= widest - 1
            if wide_enough and reads_like_header(row.cells, [below.cells for below in rows[at + 1 :]]):
                return sheet, row
    return None


def set_aside(order: dict[str, Any]) -> dict[str, Any]:
    """The header and the cells of the lines in the order, as they were sent."""
    from dashboard.intake.corrections import own_columns
    from dashboard.intake.tabular import open_table
    from dashboard.warehouse.catalog import sources

    pairs = [(name, mapped) for name, mapped in order["columns"]]
    table = open_table(Path(order["file"]), sources()[order["source"]], order["encoding"], pairs, limits_of(order))
    wanted = set(order["lines"])
    lines, own = own_columns(table)
    kept = [at for at in range(len(table.header)) if at not in own]
    lines_and_rows = [(line, row) for row in table.rows if (line := lines(row)) in wanted]
    return {
        "header": [table.header[at] for at in kept],
        "rows": [[line, [row.cells[at] for at in kept if at < len(row.cells)]] for line, row in lines_and_rows],
    }


def _dropped(table: Any, card: Any, read_too: set[int]) -> tuple[str, ...]:
    """Headers of which nothing is kept: unknown ones, and personal ones that at most made a key."""
    from dashboard.intake.report import LONGEST_TEXT, clean

    personal = {
        table.positions[column.name] for column in card.columns if column.personal and column.name in table.positions
    }
    dropped = [clean(header)[:LONGEST_TEXT] for at, header in enumerate(table.header) if at in personal]
    unknown = [header for at, header in table.unknown_headers if at not in read_too]
    return tuple(dict.fromkeys(h for h in [*dropped, *unknown] if not _is_a_day(h, card.date_formats)))


def _is_a_day(header: str, formats: tuple[str, ...]) -> bool:
    from dashboard.intake.values import written_date

    return written_date(header, formats) is not None


def _judge(ledger: Any, kept: int) -> None:
    """Refuses a file of which so much was set aside that what is left would mislead."""
    from dashboard.intake.report import FileRefused

    if refusal := ledger.orders.refusal(ledger.card.label):
        raise FileRefused(refusal)
    if question := ledger.orders.question(not ledger.card.people, ledger.card.label):
        raise FileRefused(question, asks="date_order")
    if not ledger.progress_scale and (question := ledger.progress.question):
        raise FileRefused(question, asks="progress_scale")
    reason = _reasons(ledger)
    if not kept and not ledger.streams:
        what_failed = (
            f"all {ledger.rows_in} rows were set aside" if ledger.rows_in else "there are no rows below the header"
        )
        raise FileRefused(f"Nothing in the file can be published: {what_failed}.{reason}")
    wholes, aside = ledger.rows_in - ledger.parts, len(ledger.quarantined) - ledger.parts
    if wholes >= MANY_ROWS and aside > wholes / 2:
        raise FileRefused(
            f"{aside} of {wholes} rows would be set aside, more than half, so the rest would mislead.{reason}"
        )


def _reasons(ledger: Any) -> str:
    """The first reason for which a row was set aside, and the commonest where they are several.

    Values are named with their rows, save those of files about people.
    """
    from dashboard.intake.commonest import commonest

    aside = ledger.quarantined
    if not aside:
        return ""
    first = aside[0]
    of_part = f" of {first.file}" if first.file else ""
    sentence = f" The first reason: line {first.line}{of_part}, {first.column}: {first.reason}."
    rows = Counter((row.column, row.reason) for row in aside)
    if len(rows) == 1 and (ledger.card.people or not first.value):
        return sentence
    named = []
    for (column, reason), times in rows.most_common(MOST_NAMED):
        values = Counter(row.value[:LONGEST_NAMED] for row in aside if (row.column, row.reason) == (column, reason))
        most = [] if ledger.card.people else [f"{v} ({n})" for v, n in commonest(values)[:MOST_NAMED] if v]
        counted = "1 row" if times == 1 else f"{times} rows"
        named.append(f"{column}: {reason}, {counted}" + (f" ({', '.join(most)})" if most else ""))
    return f"{sentence} The commonest: {'; '.join(named)}."


def _watched(table: Any, ledger: Any, seen: dict[str, bool], mark: str) -> Any:
    """The table, whose first reading reports how many rows there were to the parent; it notices a demonstration."""

    read_before: set[int] = set()

    def report_progress(number: int) -> None:
        print(f"rows {number}", flush=True)

    def rows() -> Iterator[Any]:
        for number, row in enumerate(table.rows):
            if number % PROGRESS_EVERY == 0:
                report_progress(number)
            seen["marked"] = seen["marked"] or any(mark in cell for cell in row.cells)
            yield row

    def blocks(number: int) -> Iterator[bytes]:
        if number in read_before:
            yield from table.texts[number].read()
            return
        read_before.add(number)
        for block in table.texts[number].read():
            seen["marked"] = seen["marked"] or mark.encode() in block
            report_progress(ledger.rows_in)
            yield block

    watched = [replace(text, read=partial(blocks, number)) for number, text in enumerate(table.texts)]
    return replace(table, rows=rows(), text=watched[0] if watched else None, more=tuple(watched[1:]))


def main() -> None:
    """Does the order from standard input; the answer is the last line of standard output."""
    order = json.load(sys.stdin)
    limit(limits_of(order))
    sys.meta_path.insert(0, Omitting())
    from dashboard.intake.report import FileRefused

    do = look if order.get("recognise") else set_aside if "lines" in order else parse
    try:
        print("report " + json.dumps(do(order)), flush=True)
    except FileRefused as refused:
        print("refused " + json.dumps([str(refused), refused.asks]), flush=True)
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
