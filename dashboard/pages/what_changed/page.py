"""What changed: between any two releases, what made a figure another one, and who told of it."""

import streamlit as st

from dashboard.locales import _
from dashboard.pages.what_changed import panels as changes

st.title(_("What changed"))
st.write(
    _(
        "A figure changes because something happened, or because somebody told of it late, corrected it, took it back, "
        "or found that two entries are one person. Choose two releases to see which, and whose rows they are."
    )
)
changes.demonstration()
changes.say_what_is_hidden()
scope = changes.choose_view()
changes.tiles(scope)
changes.waterfall(scope)
changes.rows_behind(scope)
