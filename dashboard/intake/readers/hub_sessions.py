"""Sessions of learning hubs: when, what, how many came; heads are counted, nobody is named."""

from typing import Any

from dashboard.intake.readers.organisations import people
from dashboard.intake.readers.people import need_day, need_known, number, optional_plain
from dashboard.intake.readers.rows import Cells, publish_once
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Table

LONGEST_SESSION = 24


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a session; a row that states the same again is collapsed."""
    publish_once(table, ledger, lambda cell: _record(cell, ledger), alone=("hub_id", "held_on", "session_id"))


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    held_on = need_day(cell("held_on"), ledger, "held_on")
    kind = ledger.card.vocabulary.get(clean(cell("kind")).casefold())
    if kind is None:
        raise RowRefused("kind", cell("kind"), "not a kind of session of the card")
    attendance, women = people(cell("attendance"), "attendance"), people(cell("women"), "women")
    if attendance is None and kind != "closing":
        raise RowRefused("attendance", "", "blank: say 0 where nobody came")
    if women is not None and women > (attendance or 0):
        raise RowRefused("women", cell("women"), "more than all who came")
    return (
        need_known(cell("hub_id"), "hub_id"),
        f"{held_on:%Y-%m}",
        optional_plain(cell("session_id"), ledger, "session_id") or "1",
        held_on,
        kind,
        optional_plain(cell("course"), ledger, "course"),
        number(cell("hours"), ledger, "hours", LONGEST_SESSION),
        people(cell("facilitators"), "facilitators"),
        attendance,
        women,
    )
