"""Phases of a programme: a row of seats and targets for each, and a row for each domain of its catalogue."""

from typing import Any

from dashboard.intake.programmes import identifier
from dashboard.intake.readers.rows import Cells, publish_once
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Table
from dashboard.intake.values import need_date, need_text, whole_number

COUNTS = ("seats", "target_learners", "target_completions", "target_hours")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a phase and one a domain; a row that says the same again is collapsed."""
    publish_once(table, ledger, lambda cell: _record(cell, ledger))


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    programme = ledger.programme or identifier(clean(cell("programme_id")))
    if not programme:
        raise RowRefused("programme_id", "", "blank")
    began_on = need_date(cell("began_on"), ledger, "began_on")
    ended_on = need_date(cell("ended_on"), ledger, "ended_on") if cell("ended_on").strip() else None
    if ended_on and ended_on < began_on:
        raise RowRefused("ended_on", cell("ended_on"), "before the first day")
    domain = clean(cell("domain")) or None
    planned = [whole_number(cell(name), name) for name in COUNTS]
    if domain and any(value is not None for value in planned):
        raise RowRefused("seats", "", "seats and targets stand in the row of the phase, not in that of a domain")
    return (
        programme,
        need_text(cell("phase"), "phase"),
        began_on,
        ended_on,
        *planned,
        domain,
        whole_number(cell("courses"), "courses"),
        whole_number(cell("guided_projects"), "guided_projects"),
    )
