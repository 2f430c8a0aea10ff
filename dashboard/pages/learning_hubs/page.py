"""Learning hubs: which of the places named live, what happens there, and how learners at hubs complete."""

import streamlit as st

from dashboard.components import notices
from dashboard.components.tables import stop_if_empty
from dashboard.locales import _
from dashboard.pages.learning_hubs import panels as hubs
from dashboard.session import ask

st.title(_("Learning hubs"))
st.write(
    _(
        "Places with internet where people take courses together, free of charge, with a local facilitator. "
        "Coursera and the US Department of State launched the first in October 2013. "
        "Partners add theirs by importing a register, and what happens there by importing sessions."
    )
)
notices.demonstration("hubs", "hub_sessions", "partner_learners")
stop_if_empty(
    ask("learning_hubs/register"),
    _("No register of hubs is in this release. A steward can bring one in on the page Upload."),
)

hubs.counts()
scope = hubs.choose_hubs()
stop_if_empty(ask("learning_hubs/register", scope), _("No hub fits these filters. Choose All in one of them."))
hubs.vitality(scope)
hubs.card()
hubs.sessions(scope)
hubs.attendance(scope)
hubs.effect()
