"""The page list and the session gate, nothing else."""

from pathlib import Path

import streamlit as st

from dashboard.components.filters import one_step_of_history
from dashboard.components.notices import footer, on_page
from dashboard.components.refused import refuse
from dashboard.gate import account, gate
from dashboard.locales import _
from dashboard.refusals import Refusal
from dashboard.session import take_release
from dashboard.store.protocol import StoreDamaged
from dashboard.store.releases import NothingPublished
from dashboard.warehouse.answers import ReleaseTooOld

STATIC = Path(__file__).parent / "static"

st.set_page_config(page_title=_("Coalition dashboard"), layout="wide", page_icon=str(STATIC / "favicon.png"))
st.logo(str(STATIC / "logo.svg"), size="large")

pages = {
    _("Reach"): [
        st.Page("pages/overview.py", title=_("Overview"), url_path="start", default=True),
        # The default page answers at / only; its own name in an address must answer as well.
        st.Page("pages/overview.py", title=_("Overview"), url_path="overview", visibility="hidden"),
        st.Page("pages/reach_map.py", title=_("Reach map"), url_path="reach_map"),
        st.Page("pages/learning_hubs.py", title=_("Learning hubs"), url_path="learning_hubs"),
    ],
    _("Learners"): [
        st.Page("pages/completion_funnel.py", title=_("Completion funnel"), url_path="completion_funnel"),
        st.Page("pages/cohorts.py", title=_("Cohorts"), url_path="cohorts"),
        st.Page("pages/credit_recognition.py", title=_("Credit recognition"), url_path="credit_recognition"),
    ],
    _("Partners"): [
        st.Page("pages/contributions.py", title=_("Contributions"), url_path="contributions"),
        st.Page("pages/programmes.py", title=_("Programmes"), url_path="programmes"),
    ],
    _("School closures"): [
        st.Page("pages/school_closures.py", title=_("School closures"), url_path="school_closures"),
        st.Page("pages/response_gaps.py", title=_("Response gaps"), url_path="response_gaps"),
        st.Page("pages/needs_and_offers.py", title=_("Needs and offers"), url_path="needs_and_offers"),
    ],
    _("Data"): [
        st.Page("pages/data_health.py", title=_("Data health"), url_path="data_health"),
        st.Page("pages/what_changed.py", title=_("What changed"), url_path="what_changed"),
        st.Page("pages/upload.py", title=_("Upload"), url_path="upload"),
        st.Page("pages/methods.py", title=_("Methods"), url_path="methods"),
    ],
}
page = st.navigation(pages, expanded=True)  # all pages in sight, however many
gate()
try:
    take_release()
except (NothingPublished, ReleaseTooOld, StoreDamaged) as reason:
    st.error(str(reason))
    st.stop()
account()
on_page(page.url_path or "overview")
with one_step_of_history():
    try:
        page.run()
    except Refusal as refused:
        refuse(refused)
footer()
