"""Credit recognition: from a credential to credits at a university, with what is still pending."""

import streamlit as st

from dashboard.components import learners
from dashboard.locales import _
from dashboard.pages.credit_recognition import panels as recognition

st.title(_("Credit recognition"))
st.write(
    _(
        "Learners ask a university to recognise a credential; it decides, and some transfer with the credits. An "
        "agreement signed is not a credit recognised, so the two are counted apart."
    )
)
learners.begin("recognitions")
scope = recognition.choose_view()
learners.stop_unless_shown(scope)
recognition.stop_without_requests(scope)
recognition.tiles(scope)
recognition.pathway(scope)
recognition.reasons(scope)
recognition.agreements(scope)
recognition.universities(scope)
