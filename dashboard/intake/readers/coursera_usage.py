"""Coursera's usage report in its six layouts: one enrolment a row, a key instead of a person."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from dashboard.intake.layouts import with_progress
from dashboard.intake.readers.columns import NO_DAY, Column, Rows
from dashboard.intake.readers.people import (
    LONGEST_AHEAD,
    MOST_HOURS,
    STREAM,
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
from dashboard.intake.readers.roll import Layout
from dashboard.intake.readers.roll_by_column import publish_people_by_column
from dashboard.intake.readers.rows import Cells
from dashboard.intake.report import Ledger, RowRefused, clean
from dashboard.intake.tabular import Table
from dashboard.intake.words import is_missing

NOT_VERIFIED = ("audit", "free")
# A person stands once in a course of a programme; a repetition is a second row.
ONCE = ("program_slug", "program_name", "course_id")
AT_COMPLETED = 14
# What a column that some layouts lack is taken to state.
COUNTED_WITHOUT = {
    "removed": "nobody counts as removed from the programme",
    "enrolment_source": "every enrolment counts as one on the verified track",
}
EITHER = "blank beside a completion time or full progress, so it may be either"
NOT_COMPLETED = "a completion time stands beside Completed = No; the course is counted as not completed"
NOT_AT_THE_END = (
    "Completed = Yes stands beside a progress under 100 and no completion time; the course is counted as completed"
)
TOO_EARLY = "before the enrolment"


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record an enrolment; a row that states the same again is collapsed."""
    table = with_progress(table, ledger)
    for name, counted in COUNTED_WITHOUT.items():
        if name not in table.positions:
            header = next(column.headers[0] for column in ledger.card.columns if column.name == name)
            ledger.notes.append(f"The file has no column {header}: {counted}.")
    # Older layouts do not distinguish certificates from completions.
    has_certificates = "certificate" in table.positions
    layout = Layout(
        id_column="external_id",
        once=ONCE,
        stream=lambda cell: need_stream(cell, ledger),
        record=lambda cell: _record(cell, ledger, has_certificates),
        once_answer=(AT_COMPLETED, "completed"),
    )
    publish_people_by_column(table, ledger, layout, lambda rows: _columns(rows, rows.heard, has_certificates))


def _record(cell: Cells, ledger: Ledger, has_certificates: bool) -> tuple[Any, ...]:
    id_key, email_key = need_keys(cell, ledger, "external_id")
    stream = need_stream(cell, ledger)
    enrolled_on = need_moment(cell("enrolled_on"), ledger, "enrolled_on")
    completed = yes_no(cell("completed"), "completed")
    completed_on = moment(cell("completed_on"), ledger, "completed_on")
    share = progress(cell("progress"), ledger, completed or False)
    if completed is None and (completed_on or share == 1):
        raise RowRefused("completed", "", EITHER)
    if completed is False and completed_on:
        ledger.remarks[NOT_COMPLETED] += 1
    if completed and share < 1 and not completed_on:
        ledger.remarks[NOT_AT_THE_END] += 1
    is_completed = completed or False
    if completed_on and completed_on < enrolled_on:
        raise RowRefused("completed_on", cell("completed_on"), TOO_EARLY)
    has_certificate = not is_missing(cell("certificate")) if has_certificates else None
    for_credit = optional_yes_no(cell("for_credit"), ledger, "for_credit") or False
    return (
        id_key,
        email_key,
        stream.partner_id,
        stream.programme_id,
        need_known(cell("course_id"), "course_id"),
        optional_plain(cell("course"), ledger, "course"),
        optional_plain(cell("university"), ledger, "university"),
        _course_type(cell, ledger),
        enrolled_on,
        moment(cell("class_start_on"), ledger, "class_start_on", LONGEST_AHEAD),
        moment(cell("last_activity_on"), ledger, "last_activity_on"),
        share,
        _hours(ledger, "hours_estimated", cell),
        _hours(ledger, "hours_measured", cell),
        is_completed,
        optional_yes_no(cell("removed"), ledger, "removed") or False,
        for_credit or bool(has_certificate) or not _is_audit(cell),
        completed_on if is_completed else None,
        has_certificate,
        country(cell("country"), ledger, "country", "the country of the learner"),
    )


def _columns(rows: Rows, ledger: Ledger, has_certificates: bool) -> Sequence[Column]:
    """What `_record` gives behind the keys, for many rows at a time; the steps stand in the same order."""
    stream = rows.each(lambda cell: need_stream(cell, ledger), *STREAM)
    enrolled_on = rows.day(lambda cell: need_moment(cell("enrolled_on"), ledger, "enrolled_on"), "enrolled_on")
    completed = rows.each(lambda cell: yes_no(cell("completed"), "completed"), "completed")
    completed_on = rows.day(lambda cell: moment(cell("completed_on"), ledger, "completed_on"), "completed_on")
    share = rows.number(
        lambda cell: progress(cell("progress"), ledger, yes_no(cell("completed"), "completed") or False),
        *("progress", "completed"),
    )
    is_missing_completed, is_completed, has_day = (
        completed.is_missing(),
        completed.numpy("bool"),
        ~np.isnat(completed_on),
    )
    rows.refuse(is_missing_completed & (has_day | (share == 1)), lambda _: RowRefused("completed", "", EITHER))
    rows.remark(~is_missing_completed & ~is_completed & has_day, NOT_COMPLETED)
    rows.remark(is_completed & (share < 1) & ~has_day, NOT_AT_THE_END)
    rows.refuse(
        completed_on < enrolled_on,
        lambda cell: RowRefused("completed_on", cell("completed_on"), TOO_EARLY),
        "completed_on",
    )
    has_certificate = rows.address(lambda cell: not is_missing(cell("certificate")), "certificate")
    for_credit = rows.flag(lambda cell: optional_yes_no(cell("for_credit"), ledger, "for_credit"), "for_credit")
    course_id = rows.each(lambda cell: need_known(cell("course_id"), "course_id"), "course_id")
    course = rows.each(lambda cell: optional_plain(cell("course"), ledger, "course"), "course")
    university = rows.each(lambda cell: optional_plain(cell("university"), ledger, "university"), "university")
    return (
        stream.map(lambda pair: pair.partner_id),
        stream.map(lambda pair: pair.programme_id),
        course_id,
        course,
        university,
        rows.each(lambda cell: _course_type(cell, ledger), "course_type"),
        enrolled_on,
        rows.day(
            lambda cell: moment(cell("class_start_on"), ledger, "class_start_on", LONGEST_AHEAD), "class_start_on"
        ),
        rows.day(lambda cell: moment(cell("last_activity_on"), ledger, "last_activity_on"), "last_activity_on"),
        share,
        *(rows.number(partial(_hours, ledger, name), name) for name in ("hours_estimated", "hours_measured")),
        is_completed,
        rows.flag(lambda cell: optional_yes_no(cell("removed"), ledger, "removed"), "removed"),
        for_credit | has_certificate | ~rows.flag(_is_audit, "enrolment_source"),
        np.where(is_completed, completed_on, NO_DAY),
        has_certificate if has_certificates else None,
        rows.each(lambda cell: country(cell("country"), ledger, "country", "the country of the learner"), "country"),
    )


def _hours(ledger: Ledger, column: str, cell: Cells) -> float | None:
    return number(cell(column), ledger, column, MOST_HOURS)


def _is_audit(cell: Cells) -> bool:
    source = clean(cell("enrolment_source")).casefold()
    return any(word in source for word in NOT_VERIFIED)


def _course_type(cell: Cells, ledger: Ledger) -> str:
    return ledger.card.vocabulary.get(clean(cell("course_type")).casefold(), "course")
