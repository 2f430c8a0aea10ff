"""Completion funnel: where learners stop between registration and a credential that a university recognises."""

import streamlit as st

from dashboard.components import learners
from dashboard.locales import _
from dashboard.pages.completion_funnel import panels as funnel

st.title(_("Completion funnel"))
st.write(
    _(
        "Learners register with a partner; some enrol, some study, some earn a credential, and some have it recognised "
        "by a university. The longest drop shows where help is needed first. Each step counts people, once."
    )
)
learners.begin()
scope = funnel.choose_view()
learners.stop_unless_shown(scope)
funnel.steps(scope)
funnel.compared(scope)
funnel.beside_others(scope)
funnel.split(scope)
funnel.parity(scope)
