"""Phases of a programme: a row of seats and targets for each, and a row for each domain of its catalogue."""

from typing import Any

from dashboard.intake.places import TOTAL, is_total
from dashboard.intake.programmes import identifier
from dashboard.intake.readers.rows import Cells, publish_once
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Table
from dashboard.intake.values import left_out, need_date, need_text, no_value, optional_date, optional_number

COUNTS = ("seats", "target_learners", "target_completions", "target_hours")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a phase and one a domain; a row that states the same again is collapsed."""
    publish_once(table, ledger, lambda cell: _record(cell, ledger))


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    programme = ledger.programme or identifier(clean(cell("programme_id")))
    if not programme:
        raise RowRefused("programme_id", "", "blank")
    began_on = need_date(cell("began_on"), ledger, "began_on")
    ended_on = optional_date(cell("ended_on"), ledger, "ended_on")
    if ended_on and ended_on < began_on:
        left_out(cell("ended_on"), "ended_on", "before the first day", ledger)
        ended_on = None
    for name in ("phase", "domain"):
        if is_total(cell(name)):
            ledger.parts += 1
            raise RowRefused(name, cell(name), TOTAL)
    domain = None if no_value(cell("domain")) else clean(cell("domain"))
    planned = [optional_number(cell(name), name, ledger) for name in COUNTS]
    if domain and any(value is not None for value in planned):
        raise RowRefused("seats", "", "seats and targets stand in the row of the phase, not in that of a domain")
    return (
        programme,
        need_text(cell("phase"), "phase"),
        began_on,
        ended_on,
        *planned,
        domain,
        optional_number(cell("courses"), "courses", ledger),
        optional_number(cell("guided_projects"), "guided_projects", ledger),
    )
