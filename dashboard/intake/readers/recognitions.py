"""A partner's list of credentials that universities were asked to recognise, and of the agreements behind it."""

from typing import Any

from dashboard.intake.readers.people import (
    country,
    need_day,
    need_ids,
    need_keys,
    need_known,
    number,
    optional_day,
    optional_plain,
)
from dashboard.intake.readers.roll import Layout, publish_people
from dashboard.intake.readers.rows import Cells
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Table
from dashboard.intake.values import known_word
from dashboard.intake.words import is_missing
from dashboard.vocabularies import stated

MOST_ECTS = 240
AT_DECIDED, AT_DECISION, AT_AWARDED = 10, 11, 14
REASONS = frozenset(stated("refusal_reason"))


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a request or agreement; a row that states the same again is collapsed."""
    publish_people(
        table,
        ledger,
        Layout(
            id_column="learner_id",
            once=("partner_id", "programme_id", "university", "credential"),
            stream=lambda cell: need_ids(cell, ledger),
            record=lambda cell: _record(cell, ledger),
            nobodys=_is_agreement,
            traits_once={"decision": AT_DECISION, "credits awarded": AT_AWARDED, "day of decision": AT_DECIDED},
        ),
    )


def _record(cell: Cells, ledger: Ledger) -> tuple[Any, ...]:
    stream = need_ids(cell, ledger)
    university = need_known(cell("university"), "university")
    country_iso3 = country(cell("country_iso3"), ledger, "country_iso3", "the country of the university")
    if _is_agreement(cell):
        agreed_on = need_day(cell("agreed_on"), ledger, "agreed_on")
        nobody = (None, None, stream.partner_id, stream.programme_id, "agreement", None, university, country_iso3)
        return (*nobody, agreed_on, None, None, None, None, None, None, None)
    id_key, email_key = need_keys(cell, ledger, "learner_id")
    requested_on = need_day(cell("requested_on"), ledger, "requested_on")
    decided_on = optional_day(cell("decided_on"), ledger, "decided_on")
    transferred_on = optional_day(cell("transferred_on"), ledger, "transferred_on")
    decision = _decision(cell("decision"), ledger)
    if (decision is None) != (decided_on is None):
        raise RowRefused("decision", clean(cell("decision")), "a decision and its day stand or lack together")
    if decided_on and decided_on < requested_on:
        raise RowRefused("decided_on", cell("decided_on"), "before the request")
    if transferred_on and (decision != "recognised" or not decided_on or transferred_on < decided_on):
        raise RowRefused("transferred_on", cell("transferred_on"), "a transfer without recognition before it")
    requested = number(cell("ects_requested"), ledger, "ects_requested", MOST_ECTS)
    awarded = number(cell("ects_awarded"), ledger, "ects_awarded", MOST_ECTS)
    if awarded and requested is not None and awarded > requested:
        raise RowRefused("ects_awarded", cell("ects_awarded"), "more credits than were asked for")
    if awarded and decision != "recognised":
        raise RowRefused("ects_awarded", cell("ects_awarded"), "credits without recognition")
    reason = known_word(cell("reason"), ledger)
    return (
        id_key,
        email_key,
        stream.partner_id,
        stream.programme_id,
        "request",
        optional_plain(cell("credential"), ledger, "credential"),
        university,
        country_iso3,
        None,
        requested_on,
        decided_on,
        decision,
        (reason if reason in REASONS else "other") if decision == "refused" else None,
        requested,
        awarded,
        transferred_on,
    )


def _is_agreement(cell: Cells) -> bool:
    """Whether a row states an agreement with a university, and is about no learner."""
    return is_missing(cell("learner_id")) and is_missing(cell("email")) and not is_missing(cell("agreed_on"))


def _decision(written: str, ledger: Ledger) -> str | None:
    if is_missing(written):
        return None
    decision = known_word(written, ledger)
    if decision not in ("recognised", "refused"):
        raise RowRefused("decision", clean(written), "neither recognised nor refused nor blank")
    return decision
