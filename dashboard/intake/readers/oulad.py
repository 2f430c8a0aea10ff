"""The Open University's dataset: four files distinguished by their header, kept as records of one source."""

import re
from collections.abc import Callable
from typing import Any

from dashboard.intake.identity import normal_id
from dashboard.intake.programmes import Stream
from dashboard.intake.readers.roll import Layout, publish_people
from dashboard.intake.readers.rows import Cells
from dashboard.intake.report import FileRefused, Ledger, RowRefused, clean
from dashboard.intake.tabular import Table
from dashboard.intake.values import need_text, no_value, whole

MOST_DAYS = 9999
OF_STUDENTS = ("outcome", "registration")
PRESENTATION = re.compile(r"20\d\d[BJ]")
# In the order in which a header is tried: the column that only this file has.
RECORDS = (
    ("final_result", "outcome"),
    ("registered_day", "registration"),
    ("assessment_id", "assessment"),
    ("length_days", "presentation"),
)


def read(table: Table, ledger: Ledger) -> None:
    """Publishes one record a row; which of the four files it is, its header states.

    Raises:
        FileRefused: it is none of the four.
    """
    record = next((record for column, record in RECORDS if column in table.positions), None)
    if record is None:
        raise FileRefused("A file of oulad is studentInfo, studentRegistration, courses or assessments; this is none.")
    layout = Layout(
        id_column="id_student",
        once=("code_module", "code_presentation"),
        stream=lambda _: Stream("", ""),  # the dataset is of one publisher and knows no consent
        record=lambda cell: _record(cell, ledger, record),
        keys_at=(1, None),
        nobodys=lambda _: record not in OF_STUDENTS,
    )
    publish_people(table, ledger, layout)


def _record(cell: Cells, ledger: Ledger, record: str) -> tuple[Any, ...]:
    assert ledger.identity
    in_vocabulary: Callable[[str], str | None] = lambda name: ledger.card.vocabulary.get(clean(cell(name)).casefold())  # noqa: E731
    student = normal_id(cell("id_student"))
    id_key = ledger.identity.id_key(f"oulad {student}") if student else None
    if record in OF_STUDENTS and id_key is None:
        raise RowRefused("id_student", "", "blank")
    presentation = need_text(cell("code_presentation"), "code_presentation")
    if not PRESENTATION.fullmatch(presentation):
        raise RowRefused("code_presentation", presentation, "not a year with B or J")
    result = in_vocabulary("final_result")
    if record == "outcome" and result not in ("Pass", "Distinction", "Fail", "Withdrawn"):
        raise RowRefused("final_result", cell("final_result"), "not Pass, Distinction, Fail or Withdrawn")
    length = _days(cell("length_days"), "length_days")
    if record == "presentation" and (length is None or length < 1):
        raise RowRefused("length_days", cell("length_days"), "not a length in days")
    return (
        record,
        id_key,
        need_text(cell("code_module"), "code_module"),
        presentation,
        _days(cell("registered_day"), "registered_day"),
        _days(cell("unregistered_day"), "unregistered_day"),
        in_vocabulary("gender"),
        clean(cell("age_band")) or None,
        in_vocabulary("education"),
        result,
        length,
        clean(cell("assessment_id")) or None,
        clean(cell("assessment_type")) or None,
    )


def _days(text: str, column: str) -> int | None:
    if no_value(text):
        return None
    days = whole(text)
    if days is None or abs(days) > MOST_DAYS:
        raise RowRefused(column, text, "not a number of days")
    return days
