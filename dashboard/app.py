"""The page list and the session gate, nothing else."""

from pathlib import Path

import streamlit as st

from dashboard.access.gate import account, gate
from dashboard.access.visitor import VISITOR_KEY, is_embedded
from dashboard.components import languages
from dashboard.components.dropped import show_rest
from dashboard.components.filters import single_step_of_history
from dashboard.components.navigation import as_streamlit_wants
from dashboard.components.notices import footer, on_page
from dashboard.components.refused import refuse
from dashboard.documents.button import button
from dashboard.documents.embedded import show_embedded
from dashboard.locales import _
from dashboard.measures import page_timed
from dashboard.menu import Page, first_page, menu
from dashboard.refusals import Refusal
from dashboard.session import take_release
from dashboard.store.protocol import StoreDamaged
from dashboard.store.releases import NothingPublished
from dashboard.turns import in_turn
from dashboard.warehouse.answers import ReleaseTooOld

STATIC = Path(__file__).parent / "static"
SIDEBAR = 240  # pixels

languages.begin()
embedded = is_embedded()
if not embedded:
    st.logo(str(STATIC / "logo.svg"), size="large")


def opens_on() -> Page:
    """The page at /, as far as this session knows yet who has come."""
    came = st.session_state.get(VISITOR_KEY)
    return first_page(is_partner=bool(came and came.own.partner_id))


first = opens_on()
page = st.navigation(
    as_streamlit_wants(menu(), first),
    position="hidden" if embedded else "sidebar",
    expanded=True,
)  # all pages in sight, however many
st.set_page_config(
    page_title=_("{page} · {site}").format(page=page.title, site=_("Coalition dashboard")),
    layout="wide",
    page_icon=str(STATIC / "favicon.png"),
    initial_sidebar_state="collapsed" if embedded else SIDEBAR,
)
gate()
if opens_on() != first:
    st.rerun()  # a partner has come: its own page is at /, and the overview under its name
try:
    take_release()
except StoreDamaged as damage:
    refuse(damage)
    st.stop()
except (NothingPublished, ReleaseTooOld) as reason:
    st.error(str(reason))
    st.stop()
if not embedded:
    account()
name = first.name if page.url_path in ("", "start") else page.url_path
on_page(name)
languages.on_page(name)
with page_timed(name), in_turn(name), single_step_of_history():
    try:
        if embedded:
            show_embedded(name, page.run)
        else:
            page.run()
            show_rest()
            button(name)
    except Refusal as refused:
        refuse(refused)
footer()
