"""Overview: how many learners the coalition reaches, how sure that is, as of when, and what changed."""

import streamlit as st

from dashboard.components import learners
from dashboard.locales import _
from dashboard.pages.overview import panels as overview

st.title(_("Overview"))
st.write(
    _(
        "How many learners the coalition's partners reach, how sure that is and as of when; where they live, what they "
        "complete, and what changed since the last release. Every figure shows how it was worked out."
    )
)
learners.begin()
scope = overview.choose_view()

if learners.are_shown(scope):
    overview.tiles(scope)
    left, right = st.columns(2, gap="large")
    with left:
        overview.growth(scope)
    with right:
        overview.changes(scope)
    overview.small_map(scope)
    left, right = st.columns(2, gap="large")
    with left:
        overview.credentials(scope)
        overview.women(scope)
    with right:
        overview.rising(scope)
        overview.partners(scope)
overview.dlsei()
overview.out_of_school()
