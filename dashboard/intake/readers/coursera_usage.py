"""Coursera's usage report in its six layouts: one enrolment a row, a key instead of a person."""

from typing import Any

from dashboard.intake.layouts import with_progress
from dashboard.intake.readers.people import (
    LONGEST_AHEAD,
    MOST_HOURS,
    country,
    moment,
    need_keys,
    need_known,
    need_moment,
    need_stream,
    number,
    optional_plain,
    optional_yes_no,
    progress,
    yes_no,
)
from dashboard.intake.readers.roll import Layout, publish_people
from dashboard.intake.readers.rows import Cells
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Table
from dashboard.intake.words import is_missing

NOT_VERIFIED = ("audit", "free")
# A person stands once in a course of a programme; a repetition is a second row.
ONCE = ("program_slug", "program_name", "course_id")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record an enrolment; a row that says the same again is collapsed."""
    table = with_progress(table, ledger)
    # Older layouts do not tell certificates apart from completions.
    tells_certificates = "certificate" in table.positions
    publish_people(
        table,
        ledger,
        Layout(
            id_column="external_id",
            once=ONCE,
            stream=lambda cell: need_stream(cell, ledger),
            record=lambda cell: _record(cell, ledger, tells_certificates),
        ),
    )


def _record(cell: Cells, ledger: Ledger, tells_certificates: bool) -> tuple[Any, ...]:
    id_key, email_key = need_keys(cell, ledger, "external_id")
    stream = need_stream(cell, ledger)
    enrolled_on = need_moment(cell("enrolled_on"), ledger, "enrolled_on")
    completed = yes_no(cell("completed"), "completed")
    completed_on = moment(cell("completed_on"), ledger, "completed_on")
    share = progress(cell("progress"), ledger, completed or False)
    if completed is None and (completed_on or share == 1):
        raise RowRefused("completed", "", "blank beside a completion time or full progress, so it may be either")
    if completed is False and completed_on:
        ledger.remarks["a completion time stands beside Completed = No; the course is counted as not completed"] += 1
    is_completed = completed or False
    if completed_on and completed_on < enrolled_on:
        raise RowRefused("completed_on", cell("completed_on"), "before the enrolment")
    source = clean(cell("enrolment_source")).casefold()
    has_certificate = not is_missing(cell("certificate")) if tells_certificates else None
    for_credit = optional_yes_no(cell("for_credit"), ledger, "for_credit") or False
    return (
        id_key,
        email_key,
        stream.partner_id,
        stream.programme_id,
        need_known(cell("course_id"), "course_id"),
        optional_plain(cell("course"), ledger, "course"),
        optional_plain(cell("university"), ledger, "university"),
        ledger.card.vocabulary.get(clean(cell("course_type")).casefold(), "course"),
        enrolled_on,
        moment(cell("class_start_on"), ledger, "class_start_on", LONGEST_AHEAD),
        moment(cell("last_activity_on"), ledger, "last_activity_on"),
        share,
        number(cell("hours_estimated"), ledger, "hours_estimated", MOST_HOURS),
        number(cell("hours_measured"), ledger, "hours_measured", MOST_HOURS),
        is_completed,
        optional_yes_no(cell("removed"), ledger, "removed") or False,
        for_credit or bool(has_certificate) or not any(word in source for word in NOT_VERIFIED),
        completed_on if is_completed else None,
        has_certificate,
        country(cell("country"), ledger, "country", "the country of the learner"),
    )
