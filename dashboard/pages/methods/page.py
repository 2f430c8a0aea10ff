"""Methods: public claims beside data, and every metric, question and source from headers and cards themselves."""

import streamlit as st

from dashboard.locales import _
from dashboard.pages.methods.catalogue import metric_cards, question_cards, release_card, source_cards
from dashboard.pages.methods.claims import claims

st.title(_("Methods"))
st.write(
    _(
        "What each number means, how it is worked out, and where it comes from. "
        "Public statements stand beside what the data gives. The rest is written by the files that do the work."
    )
)

release_card()
claims()
st.header(_("Metrics"))
metric_cards()
st.header(_("Sources and licences"))
source_cards()
st.header(_("Questions"))
st.write(_("Each figure answers one question. The same answer comes from the shell with `coalition ask`."))
question_cards()
