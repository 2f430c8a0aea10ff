"""Methods: every metric, question and source, generated from the headers and cards themselves."""

import streamlit as st

from dashboard.components.catalogue import metric_cards, question_cards, release_card, source_cards
from dashboard.locales import _

st.title(_("Methods"))
st.write(
    _(
        "What each number means, how it is worked out, and where it comes from. "
        "This page is written by the files that do the work."
    )
)

release_card()
st.header(_("Metrics"))
metric_cards()
st.header(_("Sources and licences"))
source_cards()
st.header(_("Questions"))
st.write(_("Each figure answers one question. The same answer comes from the shell with `coalition ask`."))
question_cards()
