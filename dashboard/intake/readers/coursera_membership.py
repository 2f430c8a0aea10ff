"""Coursera's membership report: who joined a programme and when."""

from typing import Any

from dashboard.intake.readers.people import country, moment, need_keys, need_stream
from dashboard.intake.readers.roll import Layout, publish_people
from dashboard.intake.readers.rows import Cells
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Table
from dashboard.intake.words import is_missing


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a member; a row that says the same again is collapsed."""
    publish_people(
        table,
        ledger,
        Layout(
            id_column="external_id",
            once=("program_slug", "program_name"),
            stream=lambda cell: need_stream(cell, ledger),
            record=lambda cell: _record(cell, ledger),
        ),
    )


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    id_key, email_key = need_keys(cell, ledger, "external_id")
    stream = need_stream(cell, ledger)
    written = clean(cell("member_state")).casefold()
    state = ledger.card.vocabulary.get(written) or (ledger.card.vocabulary[""] if is_missing(written) else None)
    if state is None:
        raise RowRefused("member_state", cell("member_state"), "not a state of the card")
    return (
        id_key,
        email_key,
        stream.partner_id,
        stream.programme_id,
        state,
        moment(cell("joined_on"), ledger, "joined_on"),
        moment(cell("invited_on"), ledger, "invited_on"),
        moment(cell("last_activity_on"), ledger, "last_activity_on"),
        country(cell("country"), ledger, "country", "the country of the learner"),
    )
