"""The register of members: organisations with their type, seat and focal point, never a person."""

from typing import Any

from dashboard.intake.readers.organisations import country_code, focal_point, need_id
from dashboard.intake.readers.people import need_plain, optional_day
from dashboard.intake.readers.rows import Cells, publish_once
from dashboard.intake.report import Ledger, RowRefused
from dashboard.intake.tabular import Table
from dashboard.intake.values import known_word, optional, optional_date


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a member; a row that states the same again is collapsed."""
    publish_once(table, ledger, lambda cell: _record(cell, ledger), alone=("partner_id",))


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    member_type = known_word(cell("member_type"), ledger)
    if member_type is None:
        raise RowRefused("member_type", cell("member_type"), "not a type of member of the card")
    joined_on = optional_day(cell("joined_on"), ledger, "joined_on")
    left_on = optional_date(cell("left_on"), ledger, "left_on")
    if joined_on and left_on and left_on < joined_on:
        raise RowRefused("left_on", cell("left_on"), "before it joined")
    return (
        need_id(cell("partner_id"), "partner_id"),
        need_plain(cell("partner"), "partner"),
        member_type,
        optional(country_code, cell("country_iso3"), "country_iso3", ledger),
        joined_on,
        left_on,
        optional(focal_point, cell("focal_point"), "focal_point", ledger),
        optional_day(cell("focal_point_confirmed_on"), ledger, "focal_point_confirmed_on"),
    )
