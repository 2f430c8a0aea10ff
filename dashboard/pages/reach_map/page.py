"""Reach map: where learners live and come from, for 1,000 refugees; where refugees live, and where hubs are."""

import streamlit as st

from dashboard.locales import _
from dashboard.pages.reach_map.panels import choose_counting, learner_view, refugee_view

st.title(_("Reach map"))
st.write(
    _(
        "Where the coalition's learners live and come from, set against the refugees each country hosts; and where "
        "refugees live and learning hubs were named."
    )
)
by = choose_counting()
if by == "refugees":
    refugee_view()
else:
    learner_view(by)
