"""Response gaps: where schools are closed and no live free offer has arrived."""

import streamlit as st

from dashboard.components import notices
from dashboard.components.tables import stop_if_empty
from dashboard.locales import _
from dashboard.pages.response_gaps import panels as gaps
from dashboard.session import ask

st.title(_("Response gaps"))
st.write(
    _(
        "Where schools are closed, which learners does no live, free offer reach: by country, level, language and "
        "technology. A level of a country counts as served when one offer passes every gate; an offer that is live is "
        "not yet a learner reached."
    )
)
notices.demonstration("offers", "unesco_closures")
stop_if_empty(
    ask("school_closures/captures"),
    _("No record of school closures is in this release. A steward can bring one in on the page Upload."),
)
stop_if_empty(
    ask("needs_and_offers/offers"),
    _("No list of offers is in this release. Offers can be brought in on the page Upload."),
)

view = gaps.choose_view()
scope = gaps.choose_gap()
if view == "day":
    gaps.on_a_day(scope)
else:
    gaps.over_days(scope)
