"""Contributions: who does what, where, when and for whom, how far it has come, and where it overlaps or lacks."""

import streamlit as st

from dashboard.components import notices
from dashboard.components.tables import stop_if_empty
from dashboard.locales import _
from dashboard.pages.contributions import panels as contributions
from dashboard.pages.contributions.spellings import spellings
from dashboard.session import ask

st.title(_("Contributions"))
st.write(
    _(
        "Members of the coalition lead and support activities in countries. An activity's learners count once, however "
        "many members claim them; those reached directly and indirectly stand apart and are never added."
    )
)
notices.demonstration("contributions_5w", "partners")
stop_if_empty(
    ask("contributions/choices"),
    _("No activities of members are in this release. A list can be brought in on the page Upload."),
)
scope = contributions.choose_view()
contributions.tiles(scope)

st.header(_("Who does what, where"), divider="gray")
contributions.matrix(scope)
contributions.world(scope)

st.header(_("When, and how far"), divider="gray")
contributions.timeline(scope)
contributions.stages(scope)
contributions.ladder(scope)

st.header(_("For whom"), divider="gray")
contributions.missions(scope)

st.header(_("In need, targeted, reached, covered"), divider="gray")
contributions.coverage(scope)

st.header(_("Gaps and overlaps"), divider="gray")
contributions.overlaps(scope)
contributions.unserved(scope)
spellings()
contributions.take_along()
