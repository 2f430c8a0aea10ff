"""The rows of each sender as a file with HXL tags, for stewards: an import of it gives the same rows again."""

from functools import partial

import streamlit as st

from dashboard.access.visitor import NotAdmitted, Visitor, visitor
from dashboard.briefs.hxl import SOURCE, newest_rows, write_hxl
from dashboard.components.filters import choose
from dashboard.components.page import section
from dashboard.locales import _
from dashboard.session import current_release
from dashboard.settings import store_folder
from dashboard.store.audit_log import record
from dashboard.store.releases import Release

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export_hxl() -> None:
    """A section with the downloads, for stewards only."""
    came = visitor()
    pins = current_release().manifest["snapshots"].get(SOURCE, [])
    senders = sorted({sender for pin in pins for sender in pin.get("streams", ())})
    if not came.viewer.is_steward or not senders:
        return
    with section(_("Export (HXL)"), "export") as opened:
        if opened:
            _downloads(came, senders)


def _downloads(came: Visitor, senders: list[str]) -> None:
    st.write(_("The list as it was sent, with HXL tags, for other tools or another store."))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sender = choose(_("Sent by"), senders, "reported_by", str, senders[0])
        for kind, media in (("csv", "text/csv"), ("xlsx", XLSX)):
            st.download_button(
                _("HXL as {kind}").format(kind=kind.upper()),
                # Written later, outside of this session: so for this visitor and this release.
                data=partial(_hxl, came, current_release(), sender, kind),
                file_name=f"contributions_5w_{sender}_release_{current_release().number}.{kind}",
                mime=media,
                key=f"hxl-{kind}",
                on_click="ignore",
            )


def _hxl(came: Visitor, release: Release, sender: str, kind: str) -> bytes:
    """The file.

    Raises:
        NotAdmitted: what the gate let in was taken back after the page was drawn.
    """
    if not came.is_still_admitted():
        raise NotAdmitted("Your access has ended. Load the page again.")
    rows = newest_rows(store_folder(), release, sender)
    record(store_folder(), "export", came.who, f"{SOURCE} of {sender}, {len(rows)} rows, HXL", release.number)
    return write_hxl(rows, kind)
