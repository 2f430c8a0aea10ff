"""Coursera's specialization report: awards on top of course certificates."""

from typing import Any

from dashboard.intake.readers.people import (
    country,
    moment,
    need_keys,
    need_moment,
    need_plain,
    need_stream,
    need_yes_no,
    yes_no,
)
from dashboard.intake.readers.roll import Layout, publish_people
from dashboard.intake.readers.rows import Cells
from dashboard.intake.report import Ledger, RowRefused
from dashboard.intake.tabular import Table
from dashboard.intake.words import is_missing


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record for each learner and specialisation; a row that says the same again is collapsed."""
    tells_certificates = "certificate" in table.positions
    publish_people(
        table,
        ledger,
        Layout(
            id_column="external_id",
            once=("program_slug", "program_name", "specialisation"),
            stream=lambda cell: need_stream(cell, ledger),
            record=lambda cell: _record(cell, ledger, tells_certificates),
        ),
    )


def _record(cell: Cells, ledger: Ledger, tells_certificates: bool) -> tuple[Any, ...]:
    id_key, email_key = need_keys(cell, ledger, "external_id")
    stream = need_stream(cell, ledger)
    name = need_plain(cell("specialisation"), "specialisation")
    completed = need_yes_no(cell("completed"), "completed")
    completed_on = moment(cell("completed_on"), ledger, "completed_on")
    if completed is None and completed_on:
        raise RowRefused("completed", "", "blank beside a completion time, so it may be either")
    is_completed = completed or False
    return (
        id_key,
        email_key,
        stream.partner_id,
        stream.programme_id,
        name,
        "professional certificate" if "professional certificate" in name.casefold() else "specialisation",
        need_moment(cell("enrolled_on"), ledger, "enrolled_on"),
        is_completed,
        yes_no(cell("removed"), ledger, "removed") or False,
        completed_on if is_completed else None,
        not is_missing(cell("certificate")) if tells_certificates else None,
        country(cell("country"), ledger, "country", "the country of the learner"),
    )
