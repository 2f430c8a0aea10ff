"""Coursera's membership report: who joined a programme and when."""

from typing import Any

from dashboard.intake.readers.people import country, moment, need_keys, need_stream
from dashboard.intake.readers.rows import Cells, publish_once
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Table


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a member; a row that says the same again is collapsed."""
    publish_once(table, ledger, lambda cell: _record(cell, ledger))


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    id_key, email_key = need_keys(cell, ledger, "external_id")
    stream = need_stream(cell, ledger)
    state = ledger.card.vocabulary.get(clean(cell("member_state")).casefold())
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
        country(cell("country"), ledger, "the country of the learner"),
    )
