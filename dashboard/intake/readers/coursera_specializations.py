"""Coursera's specialization report: awards on top of course certificates."""

from typing import Any

from dashboard.intake.readers.people import country, moment, need_keys, need_moment, need_plain, need_stream, yes_no
from dashboard.intake.readers.rows import Cells, publish_once
from dashboard.intake.report import Ledger
from dashboard.intake.tabular import Table


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record for each learner and specialisation; a row that says the same again is collapsed."""
    tells_certificates = "certificate" in table.positions
    publish_once(table, ledger, lambda cell: _record(cell, ledger, tells_certificates))


def _record(cell: Cells, ledger: Ledger, tells_certificates: bool) -> tuple[Any, ...]:
    id_key, email_key = need_keys(cell, ledger, "external_id")
    stream = need_stream(cell, ledger)
    name = need_plain(cell("specialisation"), "specialisation")
    is_completed = yes_no(cell("completed"), "completed") or False
    return (
        id_key,
        email_key,
        stream.partner_id,
        stream.programme_id,
        name,
        "professional certificate" if "professional certificate" in name.casefold() else "specialisation",
        need_moment(cell("enrolled_on"), ledger, "enrolled_on"),
        is_completed,
        yes_no(cell("removed"), "removed") or False,
        moment(cell("completed_on"), ledger, "completed_on") if is_completed else None,
        bool(cell("certificate").strip()) if tells_certificates else None,
        country(cell("country"), ledger, "the country of the learner"),
    )
