"""The coalition's own template for what Coursera does not report: origin, sex, age band, education, consent, hub."""

import re
from typing import Any

from dashboard.intake.readers.people import (
    MOST_HOURS,
    age_band,
    country,
    need_ids,
    need_keys,
    number,
    one_of,
    optional_day,
    yes_no,
)
from dashboard.intake.readers.rows import Cells, publish_once
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Table

SEXES = ("female", "male", "other")
EDUCATION = ("none", "primary", "secondary", "vocational", "bachelor", "master or above")
BASES = ("measured", "estimated", "attested")
HUB = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record for each learner and programme; without consent the row is set aside."""
    publish_once(table, ledger, lambda cell: _record(cell, ledger))


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    stream = need_ids(cell, ledger)
    if yes_no(cell("consent"), "consent") is False:
        # The file still speaks for the programme: a register of before, with the learner in it, counts no more.
        ledger.streams.add((stream.partner_id, stream.programme_id))
        raise RowRefused("consent", "", "the learner did not consent, so nothing of the row is kept")
    id_key, email_key = need_keys(cell, ledger, "learner_id")
    registered_on = optional_day(cell("registered_on"), ledger, "registered_on")
    if registered_on is None:
        raise RowRefused("registered_on", "", "blank")
    withdrawn_on = optional_day(cell("withdrawn_on"), ledger, "withdrawn_on")
    if withdrawn_on and withdrawn_on < registered_on:
        raise RowRefused("withdrawn_on", cell("withdrawn_on"), "before the registration")
    hub = clean(cell("hub_id"))
    if hub and not HUB.fullmatch(hub):
        raise RowRefused("hub_id", hub, "not an id of letters, digits, - and _")
    hours = number(cell("hours"), "hours", MOST_HOURS)
    basis = clean(cell("hours_basis")).casefold()
    if hours is not None and basis not in BASES:
        raise RowRefused("hours_basis", basis, "hours need their basis: measured, estimated or attested")
    return (
        id_key,
        email_key,
        stream.partner_id,
        stream.programme_id,
        country(cell("country_origin"), ledger, "the country of origin"),
        country(cell("country_host"), ledger, "the country of the learner"),
        one_of(cell("sex"), ledger, "the sex", SEXES),
        age_band(cell("age"), cell("born_on"), registered_on, ledger),
        one_of(cell("education"), ledger, "the education", EDUCATION),
        registered_on,
        withdrawn_on,
        hub or None,
        yes_no(cell("intent"), "intent"),
        hours,
        basis if hours is not None else None,
    )
