"""Matches of offers to needs and the days of their lifecycle."""

import itertools
from typing import Any

from dashboard.intake.readers.organisations import need_id
from dashboard.intake.readers.rows import Cells, publish_once
from dashboard.intake.report import Ledger, RowRefused
from dashboard.intake.tabular import Table
from dashboard.intake.values import known_word, need_date, no_value, optional_number

LIFECYCLE = ("proposed_on", "brokered_on", "delivering_on", "completed_on")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a match; a row that states the same again is collapsed."""
    publish_once(table, ledger, lambda cell: _record(cell, ledger), alone=("match_id",))


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    days = {
        name: None if no_value(cell(name)) else need_date(cell(name), ledger, name)
        for name in (*LIFECYCLE, "dropped_on")
    }
    if days["proposed_on"] is None:
        raise RowRefused("proposed_on", "", "blank")
    for earlier, later in itertools.pairwise(LIFECYCLE):
        before, after = days[earlier], days[later]
        if after and not before:
            raise RowRefused(later, cell(later), f"without {earlier} before it")
        if after and before and after < before:
            raise RowRefused(later, cell(later), f"before {earlier}")
    if days["dropped_on"] and (days["completed_on"] or days["dropped_on"] < days["proposed_on"]):
        raise RowRefused("dropped_on", cell("dropped_on"), "a match that was completed, or not yet proposed")
    reason = known_word(cell("dropped_reason"), ledger)
    return (
        need_id(cell("match_id"), "match_id"),
        need_id(cell("need_id"), "need_id"),
        need_id(cell("offer_id"), "offer_id"),
        *days.values(),
        (reason or "other") if days["dropped_on"] else None,
        optional_number(cell("people_reached"), "people_reached", ledger),
    )
