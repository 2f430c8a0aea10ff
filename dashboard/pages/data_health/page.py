"""Data health: how fresh each source is, what is overdue, and what became of the rows of each file."""

import streamlit as st

from dashboard.locales import _
from dashboard.pages.data_health import panels as data_health

st.title(_("Data health"))
found = data_health.begin()
data_health.answer(found)
data_health.troubles(found)
data_health.table(found)
data_health.details(found)
data_health.rules()
