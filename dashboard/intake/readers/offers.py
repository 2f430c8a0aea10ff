"""Offers of members: for which countries, languages and levels, by which technology, and until when free of charge."""

from typing import Any

from dashboard.intake.readers.organisations import (
    ACTIVITY_TYPES,
    AUDIENCES,
    MISSIONS,
    NOT_STATED,
    code,
    code_or,
    country_codes,
    focal_point,
    language_codes,
    levels,
    need_id,
    tier,
)
from dashboard.intake.readers.people import need_plain, optional_day, yes_no
from dashboard.intake.readers.rows import Cells, publish_once
from dashboard.intake.report import Ledger, RowRefused
from dashboard.intake.tabular import Table
from dashboard.intake.values import need_date, optional, optional_date, optional_number
from dashboard.intake.words import fold, meaning


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record an offer; a row that states the same again is collapsed."""
    publish_once(table, ledger, lambda cell: _record(cell, ledger), alone=("offer_id",))


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    is_free = _is_free(cell("is_free"))
    if is_free is None:
        raise RowRefused("is_free", "", "blank: say Yes or No")
    valid_from = need_date(cell("valid_from"), ledger, "valid_from")
    valid_to = optional_date(cell("valid_to"), ledger, "valid_to")
    if valid_to and valid_to < valid_from:
        raise RowRefused("valid_to", cell("valid_to"), "before the first day")
    return (
        need_id(cell("offer_id"), "offer_id"),
        need_id(cell("partner_id"), "partner_id"),
        need_plain(cell("offer"), "offer"),
        code(cell("activity_type"), "activity_type", ACTIVITY_TYPES),
        code_or(None, cell("mission"), "mission", MISSIONS, ledger),
        code_or(NOT_STATED, cell("audience"), "audience", AUDIENCES, ledger, blank="learners"),
        country_codes(cell("countries"), "countries"),
        language_codes(cell("languages"), "languages"),
        levels(cell("levels"), "levels"),
        tier(cell("tier"), "tier"),
        is_free,
        optional_date(cell("free_until"), ledger, "free_until"),
        optional_number(cell("capacity"), "capacity", ledger),
        valid_from,
        valid_to,
        optional(focal_point, cell("focal_point"), "focal_point", ledger),
        optional_day(cell("focal_point_confirmed_on"), ledger, "focal_point_confirmed_on"),
        optional_day(cell("recorded_on"), ledger, "recorded_on") or valid_from,
        optional_day(cell("withdrawn_on"), ledger, "withdrawn_on"),
    )


def _is_free(text: str) -> bool | None:
    """Whether an offer is free of charge: as yes or no, or in words of its own; None where blank.

    Raises:
        RowRefused: neither, as a trial and a price are.
    """
    price = meaning("prices").get(fold(text))
    return price == "free" if price else yes_no(text, "is_free")
