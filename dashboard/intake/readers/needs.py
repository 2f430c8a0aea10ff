"""Needs that countries state: one level, one language, and the most technology that works there."""

from typing import Any

from dashboard.intake.readers.organisations import (
    ACTIVITY_TYPES,
    AUDIENCES,
    NOT_STATED,
    code_or,
    country_code,
    language,
    level,
    need_id,
    people,
    tier,
)
from dashboard.intake.readers.people import need_plain
from dashboard.intake.readers.rows import Cells, publish_once
from dashboard.intake.report import Ledger, RowRefused
from dashboard.intake.tabular import Table
from dashboard.intake.values import need_date, optional, optional_date


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a need; a row that states the same again is collapsed."""
    publish_once(table, ledger, lambda cell: _record(cell, ledger), alone=("need_id",))


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    in_need = people(cell("people"), "people")
    if in_need is None:
        raise RowRefused("people", "", "blank: say how many people are in need")
    raised_on = need_date(cell("raised_on"), ledger, "raised_on")
    closed_on = optional_date(cell("closed_on"), ledger, "closed_on")
    if closed_on and closed_on < raised_on:
        raise RowRefused("closed_on", cell("closed_on"), "before it was raised")
    return (
        need_id(cell("need_id"), "need_id"),
        country_code(cell("country_iso3"), "country_iso3"),
        level(cell("level"), "level"),
        language(cell("language"), "language"),
        tier(cell("highest_tier"), "highest_tier"),
        code_or(None, cell("activity_type"), "activity_type", ACTIVITY_TYPES, ledger),
        code_or(NOT_STATED, cell("audience"), "audience", AUDIENCES, ledger, blank="learners"),
        in_need,
        raised_on,
        closed_on,
        optional(need_plain, cell("requested_by"), "requested_by", ledger),
    )
