"""Cohorts: completion over time with those that have not ended, compared with intervals; retention; quiet learners."""

import streamlit as st

from dashboard.components import learners
from dashboard.locales import _
from dashboard.pages.cohorts import panels as cohorts

st.title(_("Cohorts"))
st.write(
    _(
        "How completion builds up from the day of enrolment. A young cohort always looks worse, so who is still under "
        "way is neither a success nor a failure: the curves count everybody for as long as they were observed."
    )
)
learners.begin()
chosen = cohorts.choose_cohorts()
cohorts.standing(chosen)
cohorts.curves(chosen)
cohorts.differences(chosen)
cohorts.like_for_like(chosen)
cohorts.withdrawal(chosen)
cohorts.retention(chosen)
cohorts.quiet(chosen)
