"""Needs and offers: which offer fits which need and why, how far matches have come, and the way in for an offer."""

import streamlit as st

from dashboard.components import notices
from dashboard.components.tables import stop_if_empty
from dashboard.locales import _
from dashboard.pages.needs_and_offers import offer_form
from dashboard.pages.needs_and_offers import panels as matching
from dashboard.session import ask

st.title(_("Needs and offers"))
st.write(
    _(
        "Countries say what they need, members what they offer, free of charge. An offer fits when it passes every "
        "gate: country, level, language, technology, audience, free of charge, live on the day, and somebody to "
        "write to."
    )
)
notices.demonstration("offers", "needs", "matches")
offer_form.said_thanks()
stop_if_empty(
    ask("needs_and_offers/totals"),
    _("No offers or needs are in this release. They can be brought in on the page Upload."),
)

scope = matching.choose_day()
matching.tiles(scope)
matching.explained_matching(scope)
matching.board(scope)
matching.what_waits(scope)
matching.find_offers(scope)

st.header(_("Offer something"), anchor=False)
offer_form.offer_something()
offer_form.waiting_offers()
