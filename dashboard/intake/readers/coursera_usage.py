"""Coursera's usage report in its six layouts: one enrolment a row, a key instead of a person."""

from typing import Any

from dashboard.intake.layouts import with_progress
from dashboard.intake.readers.people import (
    MOST_HOURS,
    country,
    moment,
    need_keys,
    need_moment,
    need_plain,
    need_stream,
    number,
    plain,
    progress,
    yes_no,
)
from dashboard.intake.readers.rows import Cells, publish_once
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Table

NOT_VERIFIED = ("audit", "free")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record an enrolment; a row that says the same again is collapsed."""
    table = with_progress(table, ledger)
    # Older layouts do not tell certificates apart from completions.
    tells_certificates = "certificate" in table.positions
    publish_once(table, ledger, lambda cell: _record(cell, ledger, tells_certificates))


def _record(cell: Cells, ledger: Ledger, tells_certificates: bool) -> tuple[Any, ...]:
    id_key, email_key = need_keys(cell, ledger, "external_id")
    stream = need_stream(cell, ledger)
    enrolled_on = need_moment(cell("enrolled_on"), ledger, "enrolled_on")
    is_completed = yes_no(cell("completed"), "completed") or False
    completed_on = moment(cell("completed_on"), ledger, "completed_on")
    if completed_on and completed_on < enrolled_on:
        raise RowRefused("completed_on", cell("completed_on"), "before the enrolment")
    source = clean(cell("enrolment_source")).casefold()
    has_certificate = bool(cell("certificate").strip()) if tells_certificates else None
    for_credit = yes_no(cell("for_credit"), "for_credit") or False
    return (
        id_key,
        email_key,
        stream.partner_id,
        stream.programme_id,
        need_plain(cell("course_id"), "course_id"),
        plain(cell("course"), "course"),
        plain(cell("university"), "university"),
        ledger.card.vocabulary.get(clean(cell("course_type")).casefold(), "course"),
        enrolled_on,
        moment(cell("class_start_on"), ledger, "class_start_on"),
        moment(cell("last_activity_on"), ledger, "last_activity_on"),
        progress(cell("progress")),
        number(cell("hours_estimated"), "hours_estimated", MOST_HOURS),
        number(cell("hours_measured"), "hours_measured", MOST_HOURS),
        is_completed,
        yes_no(cell("removed"), "removed") or False,
        for_credit or bool(has_certificate) or not any(word in source for word in NOT_VERIFIED),
        completed_on if is_completed else None,
        has_certificate,
        country(cell("country"), ledger, "the country of the learner"),
    )
