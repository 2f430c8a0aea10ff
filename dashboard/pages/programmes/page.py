"""Programmes: phases with seats, learners, hours by how they are known, completions and catalogue."""

import streamlit as st

from dashboard.components import learners
from dashboard.locales import _
from dashboard.pages.programmes import panels as programmes

st.title(_("Programmes"))
st.write(
    _(
        "What a programme offered in each phase, whom it reached, and how that stands against its plan. Hours are "
        "shown by how they are known and never added across."
    )
)
learners.begin("programme_phases")
scope = programmes.choose_view()
learners.stop_unless_shown(scope)
programmes.tiles(scope)
programmes.phases(scope)
programmes.targets(scope)
programmes.domains(scope)
programmes.outcomes(scope)
programmes.hours(scope)
