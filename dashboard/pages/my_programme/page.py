"""My programme: a partner's own learners today and 30 days before, beside the other partners."""

import streamlit as st

from dashboard.components import learners
from dashboard.locales import _
from dashboard.pages.my_programme import panels

st.title(_("My programme"))
learners.begin("recognitions")
scope = panels.choose_view()
panels.figures(scope)
panels.compared(scope)
panels.months(scope)
panels.progress(scope)
panels.intakes(scope)
