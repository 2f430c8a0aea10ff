"""The button at the end of a page that gives what the page states as a file, as it is shown to its reader."""

import threading
from functools import partial

import streamlit as st

from dashboard.access.visitor import NotAdmitted, Visitor, visitor
from dashboard.components import notices
from dashboard.documents.briefs import OF_PAGE, briefs_on, make_brief
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
        for kind, label in _labels().items():
            st.download_button(
                label,
                data=partial(_recorded_file, came, release, OF_PAGE + page, address, code, kind),
                file_name=f"{prefix}{page}_{code}_release-{release.number}.{kind}",
                mime=WRITERS[kind][1],
                key=f"document-{kind}",
                on_click="ignore",
            )
        for brief in briefs_on(page, came.viewer, address):
            st.write(_("A brief of several pages, with the same choices."))
            begins = "SIMULATED_" if any(notices.is_simulated_page(name) for name, _open in brief.pages) else ""
            for kind, label in _labels().items():
                st.download_button(
                    _("{brief}: {kind}").format(brief=brief.title(), kind=label),
                    data=partial(_recorded_file, came, release, brief.name, address, code, kind),
                    file_name=f"{begins}brief_{brief.name}_{code}_release-{release.number}.{kind}",
                    mime=WRITERS[kind][1],
                    key=f"brief-{brief.name}-{kind}",
                    on_click="ignore",
                )


def _labels() -> dict[str, str]:
    return {
        "pdf": _("PDF to print"),
        "pptx": _("Slides (PPTX)"),
        "xlsx": _("Workbook (XLSX)"),
        "html": _("HTML to read offline"),
    }


def _recorded_file(came: Visitor, release: Release, name: str, address: dict[str, str], code: str, kind: str) -> bytes:
    """The file, for whoever is still admitted, once it is on record that it leaves.

    Raises:
        NotAdmitted: what the gate let in was taken back after the page was drawn.
    """
    if not came.is_still_admitted():
        raise NotAdmitted("Your access has ended. Load the page again.")
    record(store_folder(), "export", came.who, f"{_words_of(name)} ({kind})", release.number)
    with _room:
        return write(make_brief(name, came, release, code, address), kind)


def _words_of(name: str) -> str:
    """A document as the audit log names it."""
    return f"page {name.removeprefix(OF_PAGE)}" if name.startswith(OF_PAGE) else f"brief {name}"
