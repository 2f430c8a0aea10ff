"""Runs in a process of its own: one file in, a checked Parquet and a report out. Its death is the parent's reason code.

Called as `python -I -m dashboard.intake.child` with a JSON order on standard input.
"""

import json
import os
import resource
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

MEMORY = 1024**3
CPU_SECONDS = 20
WRITTEN = 256 * 1024**2
OPEN_FILES = 64
PROGRESS_EVERY = 5_000
REFUSED = 3
FEW_ROWS, MANY_ROWS = 3, 100
MONTH_FIRST_SHARE = 0.2


def limit() -> None:
    """Takes away what parsing a table does not need."""
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def parse(order: dict[str, Any]) -> dict[str, Any]:
    """Reads the file of the order and writes `rows.parquet` into its folder; returns the report as a dictionary."""
    from dashboard.intake.identity import Identity
    from dashboard.intake.parquet import write_rows
    from dashboard.intake.readers import READERS
    from dashboard.intake.report import DEMONSTRATION_MARK, UNREADABLE, FileRefused, Ledger, Report
    from dashboard.intake.tabular import open_table
    from dashboard.warehouse.catalog import sources

    card = sources()[order["source"]]
    identity = Identity(bytes.fromhex(order["secret"])) if order["secret"] else None
    ledger = Ledger(
        card,
        identity=identity,
        partner=order["partner"],
        programme=order["programme"],
        zone=order["zone"] or card.zone,
        today=order["today"],
        erased_marks=frozenset(order["erased"]),
    )
    table = open_table(Path(order["file"]), card, order["encoding"])
    marked = any(DEMONSTRATION_MARK in cell for row in [*table.preamble, table.header] for cell in row)
    seen = {"marked": marked}
    READERS[card.name](replace(table, rows=_watched(table.rows, seen, DEMONSTRATION_MARK)), ledger)
    ledger.balance()
    _judge(ledger)
    captured_on = order["captured_on"] or ledger.captured_on or order["captured_on_in_name"]
    if captured_on == UNREADABLE:
        raise FileRefused(
            "The file states the day it was extracted in a form that cannot be read. Give it with --captured-on."
        )
    if not captured_on:
        captured_on = order["today"]
        ledger.notes.append(
            "Neither the file nor its name states a day of capture, so today is taken; --captured-on states it."
        )
    ledger.notes += [f"{rows} rows: {remark}" for remark, rows in sorted(ledger.remarks.items())]
    if ledger.erased:
        ledger.notes.append(f"{ledger.erased} rows: of learners who were erased; collapsed, none of them is kept")
    provenance = "demo" if seen["marked"] else order["provenance"] or card.provenance
    write_rows(card, ledger.rows, captured_on, provenance, Path(order["folder"]) / "rows.parquet")
    return Report(
        source=card.name,
        file=order["name"],
        rows_in=ledger.rows_in,
        published=ledger.published_rows,
        collapsed=ledger.collapsed,
        quarantined=tuple(sorted(ledger.quarantined, key=lambda row: row.line)),
        dropped_columns=_dropped(table, card),
        notes=tuple(ledger.notes),
        captured_on=captured_on,
        provenance=provenance,
        streams=_streams(ledger),
        learner_secret=identity.fingerprint if identity else "",
        erased=ledger.erased,
    ).as_json()


def _dropped(table: Any, card: Any) -> tuple[str, ...]:
    """Headers of which nothing is kept: unknown ones, and personal ones that at most made a key."""
    from dashboard.intake.report import clean

    personal = {
        table.positions[column.name] for column in card.columns if column.personal and column.name in table.positions
    }
    found = [clean(header) for at, header in enumerate(table.header) if at in personal]
    return tuple(dict.fromkeys(h for h in [*found, *table.unknown_headers] if not _is_a_day(h, card.date_formats)))


def _streams(ledger: Any) -> tuple[str, ...]:
    """Which partner's programmes (or tables) the rows belong to, as far as the source tells them apart."""
    at = [list(ledger.card.kept).index(name) for name in ledger.card.stream]
    found = {tuple(str(row[i]) for i in at) for row in ledger.rows} | ledger.streams
    return tuple(sorted("/".join(stream) for stream in found)) if at else ()


def _is_a_day(header: str, formats: tuple[str, ...]) -> bool:
    from dashboard.intake.values import date_of

    return date_of(header, formats) is not None


def _judge(ledger: Any) -> None:
    """Refuses a file of which so much was set aside that what is left would mislead."""
    from dashboard.intake.report import FileRefused

    first = next(iter(sorted(ledger.quarantined, key=lambda row: row.line)), None)
    reason = f" The first reason: line {first.line}, {first.column}: {first.reason}." if first else ""
    if not ledger.rows and not ledger.streams:
        found = f"all {ledger.rows_in} rows were set aside" if ledger.rows_in else "there are no rows below the header"
        raise FileRefused(f"Nothing in the file can be published: {found}.{reason}")
    if ledger.month_first >= FEW_ROWS and ledger.month_first > ledger.rows_in * MONTH_FIRST_SHARE:
        raise FileRefused(
            f"{ledger.month_first} dates are written month first, and this source is day first: the others would be "
            "read with day and month exchanged. Write the dates as YYYY-MM-DD and send the file again."
        )
    if ledger.rows_in >= MANY_ROWS and len(ledger.quarantined) > ledger.rows_in / 2:
        raise FileRefused(
            f"{len(ledger.quarantined)} of {ledger.rows_in} rows would be set aside, more than half, so the rest would "
            f"mislead.{reason}"
        )


def _watched(rows: Any, seen: dict[str, bool], mark: str) -> Any:
    """The rows, while telling the parent how many there were and noticing the mark of a demonstration."""
    for number, row in enumerate(rows):
        if number % PROGRESS_EVERY == 0:
            print(f"rows {number}", flush=True)
        seen["marked"] = seen["marked"] or any(mark in cell for cell in row.cells)
        yield row


def main() -> None:
    """Parses the order from standard input; the answer is the last line of standard output."""
    order = json.load(sys.stdin)
    limit()
    from dashboard.intake.report import FileRefused

    try:
        print("report " + json.dumps(parse(order)), flush=True)
    except FileRefused as refused:
        print("refused " + json.dumps(str(refused)), flush=True)
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
