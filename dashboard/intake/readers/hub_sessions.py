"""Sessions of learning hubs: when, what, how many came; heads are counted, nobody is named."""

from typing import Any

from dashboard.intake.readers.organisations import people
from dashboard.intake.readers.people import need_day, need_known, number, optional_plain
from dashboard.intake.readers.rows import Cells, publish_once
from dashboard.intake.report import Ledger, RowRefused
from dashboard.intake.tabular import Table
from dashboard.intake.values import known_word, left_out, no_value, optional_number

LONGEST_SESSION = 24


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a session; a row that states the same again is collapsed.

    Sessions of a hub and day that have no id are counted from 1; only a row written alike in every cell is the same.
    """
    alone = ("hub_id", "held_on", "session_id")
    publish_once(table, ledger, lambda cell: _record(cell, ledger), alone=alone, counted="session_id")


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    held_on = need_day(cell("held_on"), ledger, "held_on")
    kind = known_word(cell("kind"), ledger)
    if kind is None:
        kind = ledger.card.vocabulary[""]
        if not no_value(cell("kind")):
            left_out(cell("kind"), "kind", f"not a kind of session of the card, and kept as {kind}", ledger)
    attendance = people(cell("attendance"), "attendance")
    women = optional_number(cell("women"), "women", ledger)
    if attendance is None and kind != "closing":
        raise RowRefused("attendance", "", "blank: say 0 where nobody came")
    if women is not None and women > (attendance or 0):
        left_out(cell("women"), "women", "more than all who came", ledger)
        women = None
    return (
        need_known(cell("hub_id"), "hub_id"),
        f"{held_on:%Y-%m}",
        optional_plain(cell("session_id"), ledger, "session_id") or "1",
        held_on,
        kind,
        optional_plain(cell("course"), ledger, "course"),
        number(cell("hours"), ledger, "hours", LONGEST_SESSION),
        optional_number(cell("facilitators"), "facilitators", ledger),
        attendance,
        women,
    )
