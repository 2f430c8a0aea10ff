"""The button at the end of a page that gives what the page says as a file, as it is shown to its reader."""

import threading
from functools import partial

import streamlit as st

from dashboard.access.visitor import NotAdmitted, Visitor, visitor
from dashboard.components import notices
from dashboard.documents.briefs import OF_PAGE, make_brief
from dashboard.documents.writers import WRITERS, write
from dashboard.locales import _, language
from dashboard.session import current_release
from dashboard.settings import store_folder
from dashboard.store.audit_log import record
from dashboard.store.releases import Release

# Pages whose content is work in hand, not an answer.
WITHOUT = frozenset({"upload"})
# A document costs a second or more of the machine: a few at once, however many ask.
_room = threading.Semaphore(2)


def button(page: str) -> None:
    """Draws it; each kind of file is written only when it is asked for."""
    if page in WITHOUT:
        return
    with st.popover(_("Download this page"), on_change="rerun", key="document") as shown:
        if not shown.open:
            return
        came, release, address, code = visitor(), current_release(), st.query_params.to_dict(), language()
        prefix = "SIMULATED_" if notices.is_simulated_page() else ""
        st.write(_("The page as you see it, with its open sections, definitions and sources."))
        for kind, (_writer, media) in WRITERS.items():
            st.download_button(
                _labels()[kind],
                data=partial(_written, came, release, page, address, code, kind),
                file_name=f"{prefix}{page}_{code}_release-{release.number}.{kind}",
                mime=media,
                key=f"document-{kind}",
                on_click="ignore",
            )


def _labels() -> dict[str, str]:
    return {
        "pdf": _("PDF to print"),
        "pptx": _("Slides (PPTX)"),
        "xlsx": _("Workbook (XLSX)"),
        "html": _("HTML to read offline"),
    }


def _written(came: Visitor, release: Release, page: str, address: dict[str, str], code: str, kind: str) -> bytes:
    """The file, for whoever is still admitted, once it is on record that it leaves.

    Raises:
        NotAdmitted: what the gate let in was taken back after the page was drawn.
    """
    if not came.is_still_admitted():
        raise NotAdmitted("Your access has ended. Load the page again.")
    record(store_folder(), "export", came.who, f"page {page} ({kind})", release.number)
    with _room:
        return write(make_brief(OF_PAGE + page, came, release, code, address), kind)
