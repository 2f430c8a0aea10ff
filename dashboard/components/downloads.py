"""What leaves a page as a file: written when it is asked for, for the visitor and the release of the page."""

import csv
import io
from functools import partial
from typing import Any

import streamlit as st

from dashboard.access.visitor import NotAdmitted, Visitor, visitor
from dashboard.components.provenance import pins_of
from dashboard.intake.report import harmless
from dashboard.locales import _
from dashboard.locales.numbers import is_missing
from dashboard.scope import Scope
from dashboard.session import answer, current_release
from dashboard.settings import store_folder
from dashboard.store.audit_log import record
from dashboard.store.releases import Release
from dashboard.warehouse.catalog import question


def download(asked: str, scope: Scope, name: str = "") -> None:
    """A button that gives the answer as CSV, written only when it is pressed.

    `name` tells several of one question apart on a page.
    """
    st.download_button(
        _("Download CSV"),
        # Written later, outside of this session: so for this visitor and this release, whatever is served by then.
        data=partial(_csv, visitor(), current_release(), asked, scope),
        file_name=_file_name(asked, scope),
        mime="text/csv",
        key=f"download-{asked}-{name}",
        on_click="ignore",
    )


def _file_name(asked: str, scope: Scope) -> str:
    """A name that says what was asked, of which release, and whether rows are simulated."""
    simulated = "SIMULATED_" if any(pin["provenance"] == "demo" for _name, pin in pins_of(asked, scope)) else ""
    given = [str(value) for value in scope.params(question(asked)).values() if value is not None]
    return f"{simulated}{'_'.join([asked.replace('/', '_'), *given])}_release_{current_release().number}.csv"


def _csv(came: Visitor, release: Release, asked: str, scope: Scope) -> bytes:
    """The answer as a spreadsheet opens it: whole numbers whole, formulas disarmed.

    Raises:
        NotAdmitted: what the gate let in was taken back after the page was drawn.
    """
    if not came.is_still_admitted():
        raise NotAdmitted("Your access has ended. Load the page again.")
    table = answer(came.viewer, release, asked, scope)
    record(store_folder(), "export", came.who, asked, release.number)
    whole_numbers = {field.name for field in question(asked).columns if field.type == "BIGINT"}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table.itertuples(index=False):
        writer.writerow([_cell(value, name in whole_numbers) for name, value in zip(table.columns, row, strict=True)])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any, is_whole: bool) -> Any:
    if is_missing(value):
        return ""
    if isinstance(value, str):
        return harmless(value)
    return int(value) if is_whole else value
