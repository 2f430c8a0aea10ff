"""Coursera's membership report: who joined a programme and when."""

from collections.abc import Sequence
from typing import Any

from dashboard.intake.readers.columns import Column, Rows
from dashboard.intake.readers.people import STREAM, country, moment, need_keys, need_stream
from dashboard.intake.readers.roll import Layout
from dashboard.intake.readers.roll_by_column import publish_people_by_column
from dashboard.intake.readers.rows import Cells
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Table
from dashboard.intake.words import is_missing


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a member; a row that states the same again is collapsed."""
    layout = Layout(
        id_column="external_id",
        once=STREAM,
        stream=lambda cell: need_stream(cell, ledger),
        record=lambda cell: _record(cell, ledger),
    )
    publish_people_by_column(table, ledger, layout, lambda rows: _columns(rows, rows.heard))


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    id_key, email_key = need_keys(cell, ledger, "external_id")
    stream = need_stream(cell, ledger)
    state = _state(cell, ledger)
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


def _columns(rows: Rows, ledger: Ledger) -> Sequence[Column]:
    """What `_record` gives behind the keys, for many rows at a time; the steps stand in the same order."""
    stream = rows.each(lambda cell: need_stream(cell, ledger), *STREAM)
    return (
        stream.map(lambda pair: pair.partner_id),
        stream.map(lambda pair: pair.programme_id),
        rows.each(lambda cell: _state(cell, ledger), "member_state"),
        rows.day(lambda cell: moment(cell("joined_on"), ledger, "joined_on"), "joined_on"),
        rows.day(lambda cell: moment(cell("invited_on"), ledger, "invited_on"), "invited_on"),
        rows.day(lambda cell: moment(cell("last_activity_on"), ledger, "last_activity_on"), "last_activity_on"),
        rows.each(lambda cell: country(cell("country"), ledger, "country", "the country of the learner"), "country"),
    )


def _state(cell: Cells, ledger: Ledger) -> str:
    written = clean(cell("member_state")).casefold()
    state = ledger.card.vocabulary.get(written) or (ledger.card.vocabulary[""] if is_missing(written) else None)
    if state is None:
        raise RowRefused("member_state", cell("member_state"), "not a state of the card")
    return state
