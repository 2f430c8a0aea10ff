"""Coursera's usage report in its five layouts: one enrolment a row, a key instead of a person."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.intake.readers.columns import Rows, publish_columns
from dashboard.intake.readers.people import (
    MOST_HOURS,
    country,
    moment,
    need_moment,
    need_plain,
    need_stream,
    number,
    plain,
    progress,
    yes_no,
)
from dashboard.intake.report import Ledger, clean
from dashboard.intake.tabular import Table

NOT_VERIFIED = ("audit", "free")
NO_DAY = np.datetime64("NaT", "D")


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record an enrolment; a row that says the same again is collapsed."""
    # Older layouts do not tell certificates apart from completions.
    tells_certificates = "certificate" in table.positions
    publish_columns(table, ledger, lambda rows: _columns(rows, rows.heard, tells_certificates))


def _columns(rows: Rows, ledger: Ledger, tells_certificates: bool) -> Sequence[Any]:
    id_key, email_key = rows.keys("external_id")
    stream = rows.each(lambda cell: need_stream(cell, ledger), "program_slug", "program_name")
    enrolled_on = rows.day(lambda cell: need_moment(cell("enrolled_on"), ledger, "enrolled_on"), "enrolled_on")
    is_completed = rows.flag(lambda cell: yes_no(cell("completed"), "completed"), "completed")
    completed_on = rows.day(lambda cell: moment(cell("completed_on"), ledger, "completed_on"), "completed_on")
    rows.refuse(completed_on < enrolled_on, "completed_on", "before the enrolment")
    is_audit = rows.flag(lambda cell: _is_audit(cell("enrolment_source")), "enrolment_source")
    has_certificate = rows.holds("certificate")
    for_credit = rows.flag(lambda cell: yes_no(cell("for_credit"), "for_credit"), "for_credit")
    return (
        id_key,
        email_key,
        stream.map(lambda one: one.partner_id),
        stream.map(lambda one: one.programme_id),
        rows.each(lambda cell: need_plain(cell("course_id"), "course_id"), "course_id"),
        rows.each(lambda cell: plain(cell("course"), "course"), "course"),
        rows.each(lambda cell: plain(cell("university"), "university"), "university"),
        rows.each(lambda cell: _course_type(cell("course_type"), ledger), "course_type"),
        enrolled_on,
        rows.day(lambda cell: moment(cell("class_start_on"), ledger, "class_start_on"), "class_start_on"),
        rows.day(lambda cell: moment(cell("last_activity_on"), ledger, "last_activity_on"), "last_activity_on"),
        rows.number(lambda cell: progress(cell("progress")), "progress"),
        rows.number(lambda cell: number(cell("hours_estimated"), "hours_estimated", MOST_HOURS), "hours_estimated"),
        rows.number(lambda cell: number(cell("hours_measured"), "hours_measured", MOST_HOURS), "hours_measured"),
        is_completed,
        rows.flag(lambda cell: yes_no(cell("removed"), "removed"), "removed"),
        for_credit | has_certificate | ~is_audit,
        np.where(is_completed, completed_on, NO_DAY),
        has_certificate if tells_certificates else None,
        rows.each(lambda cell: country(cell("country"), ledger, "the country of the learner"), "country"),
    )


def _is_audit(source: str) -> bool:
    return any(word in clean(source).casefold() for word in NOT_VERIFIED)


def _course_type(written: str, ledger: Ledger) -> str:
    return ledger.card.vocabulary.get(clean(written).casefold(), "course")
