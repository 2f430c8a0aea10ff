"""What leaves a page as a file: written when it is asked for, for the visitor and the release of the page.

CSV is for machines: technical names and codes. XLSX is for people: labels, number formats and a sheet of notes.
"""

import csv
import datetime
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.access.visitor import NotAdmitted, Visitor, is_embedded, visitor
from dashboard.briefs.answers import XLSX, write_answer
from dashboard.components.notes import Note, is_simulated, notes_of
from dashboard.components.readable import Codes, columns_for_people, in_words_for_people
from dashboard.intake.report import harmless
from dashboard.locales import _, language, speaking
from dashboard.locales.numbers import is_missing
from dashboard.scope import Scope
from dashboard.session import answer, current_release, is_hidden_from_me
from dashboard.settings import store_folder
from dashboard.store.audit_log import record
from dashboard.store.releases import Release
from dashboard.vocabularies import in_language
from dashboard.warehouse.catalog import question

NOT_IN_FILE_NAMES = re.compile(r"[^\w.-]+")
LONGEST_NAME = 120


@dataclass(frozen=True)
class Reading:
    """How a workbook is written for the reader of a page, as it was when the page was drawn."""

    notes: Sequence[Note]
    codes: Codes | None
    is_simulated: bool
    whole_percent: bool
    language: str


def download(question_name: str, scope: Scope, name: str = "", title: str = "", codes: Codes | None = None) -> None:
    """Two buttons that give the answer as CSV and as XLSX, each written only when pressed; none inside other sites.

    Args:
        question_name: the question.
        scope: what was chosen.
        name: distinguishes several of one question on a page.
        title: the takeaway above the chart or table, for the notes of the workbook.
        codes: for a column that holds codes, the words of each in the workbook.
    """
    if is_embedded():
        return  # files are given to the browser by its cookie, which it does not send from a frame in another site
    # Written later, outside of this session: so for this visitor and this release, whatever is served by then.
    came, release, file_name = visitor(), current_release(), file_name_of(question_name, scope)
    with st.container(horizontal=True, key=f"downloads-{question_name}-{name}"):
        _button(
            _("Download XLSX"),
            partial(_xlsx, came, release, question_name, scope, _reading(question_name, scope, title, codes)),
            f"{file_name}.xlsx",
            XLSX,
            f"download-xlsx-{question_name}-{name}",
        )
        _button(
            _("Download CSV"),
            partial(_csv, came, release, question_name, scope),
            f"{file_name}.csv",
            "text/csv",
            f"download-{question_name}-{name}",
        )


def _button(label: str, write: Callable[[], bytes], file_name: str, mime: str, key: str) -> None:
    st.download_button(label, data=write, file_name=file_name, mime=mime, key=key, on_click="ignore")


def _reading(question_name: str, scope: Scope, title: str, codes: Codes | None) -> Reading:
    return Reading(
        notes_of(question_name, scope, title),
        codes,
        is_simulated(question_name, scope),
        is_hidden_from_me(question_name, scope),
        language(),
    )


def file_name_of(question_name: str, scope: Scope) -> str:
    """The question, the day and the release, and whether rows are simulated, as a name without an ending."""
    chosen = [value for value in scope.params(question(question_name)).values() if not is_missing(value)]
    days = [value.isoformat() for value in chosen if isinstance(value, datetime.date)]
    release = current_release()
    words = [
        question_name.split("/")[1],
        *(str(value) for value in chosen if not isinstance(value, datetime.date)),
        *days,
        f"release-{release.number}",
        *([] if days else [f"published-{release.manifest['published_at'][:10]}"]),
    ]
    name = NOT_IN_FILE_NAMES.sub("-", "_".join(words))[:LONGEST_NAME]
    return f"SIMULATED_{name}" if is_simulated(question_name, scope) else name


def _csv(came: Visitor, release: Release, question_name: str, scope: Scope) -> bytes:
    """The answer as a file.

    Raises:
        NotAdmitted: what the gate let in was taken back after the page was drawn.
    """
    return as_csv(question_name, _recorded_answer(came, release, question_name, scope, "CSV"))


def as_csv(question_name: str, table: pd.DataFrame) -> bytes:
    """An answer to a question as a spreadsheet opens it: whole numbers whole, formulas disarmed."""
    whole_numbers = {column.name for column in question(question_name).columns if column.type == "BIGINT"}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table.itertuples(index=False):
        writer.writerow([_cell(value, name in whole_numbers) for name, value in zip(table.columns, row, strict=True)])
    return out.getvalue().encode("utf-8-sig")


def _xlsx(came: Visitor, release: Release, question_name: str, scope: Scope, reading: Reading) -> bytes:
    """The answer as people read it, with the notes that were true when the page was drawn.

    Raises:
        NotAdmitted: what the gate let in was taken back after the page was drawn.
    """
    with speaking(reading.language):
        table = in_language(_recorded_answer(came, release, question_name, scope, "XLSX"), reading.language)
        shown = columns_for_people(question_name, codes=reading.codes)
        rows = in_words_for_people(table, shown, reading.codes).itertuples(index=False, name=None)
        title = _(question(question_name).title)
        return write_answer(shown, rows, reading.notes, title, reading.is_simulated, reading.whole_percent)


def _recorded_answer(came: Visitor, release: Release, question_name: str, scope: Scope, kind: str) -> pd.DataFrame:
    """The answer for whoever is still admitted, once it is on record that it leaves."""
    if not came.is_still_admitted():
        raise NotAdmitted("Your access has ended. Load the page again.")
    table = answer(came.viewer, release, question_name, scope)
    record(store_folder(), "export", came.who, f"{question_name} ({kind})", release.number)
    return table


def _cell(value: Any, is_whole: bool) -> Any:
    if is_missing(value):
        return ""
    if isinstance(value, str):
        return harmless(value)
    return int(value) if is_whole else value
