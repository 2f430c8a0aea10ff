"""Brings the real record of a source in from the browser: a download, or a file the steward has."""

import datetime
from dataclasses import asdict
from pathlib import Path

import streamlit as st

from dashboard import actions
from dashboard.access.gate import acting
from dashboard.components.page import section
from dashboard.intake.fetch.client import FetchFailed
from dashboard.intake.fetch.file import download
from dashboard.intake.fetch.ways import file_address
from dashboard.intake.proposals import Proposal
from dashboard.intake.workplace import workplace
from dashboard.locales import _
from dashboard.locales.numbers import day
from dashboard.locales.plain import in_markdown
from dashboard.refusals import Refusal
from dashboard.session import current_viewer
from dashboard.settings import store_folder
from dashboard.store.names import plain
from dashboard.warehouse.catalog import sources

MOST_SHOWN = 200


def offer_real_record(source: str) -> None:
    """A section that imports another capture, for stewards only."""
    if not current_viewer().may_publish:
        return
    with section(_("Import a newer record"), "import") as opened:
        if not opened:
            return
        st.write(
            _(
                "Captures by {publisher} are kept side by side. One of the same day replaces the earlier one, and any "
                "of them replaces a demonstration. Nothing changes unless the file passes the checks."
            ).format(publisher=sources()[source].publisher)
        )
        by_file, by_address = st.columns(2)
        with by_file:
            file = st.file_uploader(_("A file you have (a table, up to 25 MB)"), key=f"file-{source}")
            captured_on = st.date_input(
                _("Captured on (else read from the file's name)"), None, key=f"captured-{source}"
            )
            if st.button(_("Import the file"), disabled=file is None, key=f"import-{source}") and file is not None:
                with workplace() as folder:
                    path = folder / plain(Path(file.name).name, "upload")
                    path.write_bytes(file.getvalue())
                    _take(source, path, captured_on)
        with by_address:
            address = st.text_input(_("Its address"), file_address(sources()[source]), key=f"address-{source}")
            if st.button(_("Download and import"), type="primary", key=f"download-{source}"):
                bar = st.progress(0.0, _("Downloading"))
                try:
                    with download(
                        address, lambda got, total: bar.progress(min(1.0, got / total) if total else 0.5)
                    ) as path:
                        _take(source, path, None)
                except FetchFailed as failed:
                    st.error(in_markdown(failed))


def _take(source: str, path: Path, captured_on: datetime.date | None) -> None:
    try:
        with st.spinner(_("Checking and publishing")):
            kept_or_waiting = actions.take_and_serve(store_folder(), source, path, acting(), captured_on)
    except (Refusal, OSError) as refused:
        st.error(in_markdown(refused))
        return
    if isinstance(kept_or_waiting, Proposal):
        st.success(_("The file is checked and waits on the page Upload for another steward to publish it."))
        return
    done, release = kept_or_waiting
    report = done.report
    st.success(
        _("{published} of {rows} rows are published, as captured on {day}, in release {number}.").format(
            published=report.published,
            rows=report.rows_in,
            day=day(datetime.date.fromisoformat(report.captured_on)),
            number=release.number,
        )
    )
    if report.quarantined:
        st.warning(_("These rows were set aside, each with its reason; nothing else was lost:"))
        st.dataframe([asdict(row) for row in report.quarantined[:MOST_SHOWN]], hide_index=True)
    st.button(_("Show it"), key=f"show-{source}")
