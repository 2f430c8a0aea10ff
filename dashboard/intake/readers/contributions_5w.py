"""Who does what, where, when and for whom: one row for each organisation in an activity."""

import hashlib
from typing import Any

from dashboard.intake.programmes import identifier
from dashboard.intake.readers.organisations import (
    ACTIVITY_TYPES,
    AUDIENCES,
    MISSIONS,
    STAGES,
    code,
    country_code,
    need_id,
    people,
)
from dashboard.intake.readers.people import need_plain, plain
from dashboard.intake.readers.rows import Cells, publish_once
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Table
from dashboard.intake.values import need_date

ROLES = ("lead", "supporter")
EDUCATION = "Education"


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record an organisation and activity; a row that says the same again is collapsed."""
    publish_once(table, ledger, lambda cell: _record(cell, ledger))


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    organisation = need_plain(cell("organisation"), "organisation")
    began_on = need_date(cell("began_on"), ledger, "began_on") if cell("began_on").strip() else None
    ended_on = need_date(cell("ended_on"), ledger, "ended_on") if cell("ended_on").strip() else None
    if began_on and ended_on and ended_on < began_on:
        raise RowRefused("ended_on", cell("ended_on"), "before the first day")
    reported_by = ledger.partner or identifier(clean(cell("reported_by")))
    if not reported_by:
        raise RowRefused("reported_by", "", "blank: say with --partner who sends the list")
    sector = plain(cell("sector"), "sector") or EDUCATION
    record = (
        need_id(cell("partner_id") or organisation, "partner_id"),
        organisation,
        plain(cell("organisation_type"), "organisation_type"),
        code(cell("role"), "role", ROLES, "lead"),
        country_code(cell("country_iso3"), "country_iso3"),
        plain(cell("admin1_code"), "admin1_code"),
        plain(cell("admin1"), "admin1"),
        plain(cell("admin2_code"), "admin2_code"),
        plain(cell("admin2"), "admin2"),
        sector,
        sector == EDUCATION,
        plain(cell("activity"), "activity"),
        code(cell("activity_type"), "activity_type", ACTIVITY_TYPES) if cell("activity_type").strip() else None,
        code(cell("mission"), "mission", MISSIONS) if cell("mission").strip() else None,
        code(cell("audience"), "audience", AUDIENCES, "learners"),
        code(cell("stage"), "stage", STAGES) if cell("stage").strip() else None,
        began_on,
        ended_on,
        people(cell("people_in_need"), "people_in_need"),
        people(cell("people_targeted"), "people_targeted"),
        people(cell("people_direct"), "people_direct"),
        people(cell("people_indirect"), "people_indirect"),
        people(cell("people_claimed"), "people_claimed"),
        reported_by,
    )
    own = cell("activity_id").strip()
    return (need_id(own, "activity_id") if own else hashlib.sha256(repr(record).encode()).hexdigest()[:16], *record)
