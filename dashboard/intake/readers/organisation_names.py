"""Names of organisations as lists write them, with the organisation that a steward confirmed for each."""

from typing import Any

from dashboard.intake.readers.organisations import need_id
from dashboard.intake.readers.people import need_plain
from dashboard.intake.readers.rows import Cells, publish_once
from dashboard.intake.report import Ledger
from dashboard.intake.tabular import Table


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a written name; a second organisation for the same name is set aside."""
    publish_once(table, ledger, _record, alone=("written_id",))


def _record(cell: Cells) -> tuple[Any, ...]:
    written, organisation = (
        need_plain(cell("written_name"), "written_name"),
        need_plain(cell("organisation"), "organisation"),
    )
    return (
        need_id(written, "written_name"),
        written,
        need_id(cell("partner_id") or organisation, "partner_id"),
        organisation,
    )
