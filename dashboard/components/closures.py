"""The choices of pages about school closures: the capture that answers, and the day, which travels among them.

The day has a name of its own in the address, apart from that of learners and of contributions.
"""

import datetime
from dataclasses import replace

import streamlit as st

from dashboard.components import dropped
from dashboard.components.filters import (
    address_comes_first,
    choose,
    in_address,
    is_playing,
    iso_day,
    out_of_range,
    remember,
    stop_playing,
    was_chosen,
)
from dashboard.locales import _
from dashboard.locales.numbers import day
from dashboard.scope import Scope
from dashboard.session import ask

DAY = "closures_on"
# The name of the day in links made before pages had days of their own.
FORMERLY = "on_date"
CHOSEN_BY_NOBODY = f"{DAY}-by-itself"


def needs() -> str:
    """Why no page about closures can answer; empty where there is a record."""
    if ask("school_closures/captures").empty:
        return _("No record of school closures is in this release. A steward can bring one in on the page Upload.")
    return ""


def captured(context: Scope) -> Scope:
    """The capture of UNESCO's record that answers; for each day the most detailed one where none is chosen."""
    captures = ask("school_closures/captures")
    chosen = choose(
        _("Captured on"),
        [None, *captures["captured_on"].tolist()],
        "as_captured_on",
        lambda captured_on: day(captured_on) if captured_on else _("Most detailed record of each day"),
        None,
        help=_(
            "UNESCO revised its record, and listed some periods day by day and others once a week or month. Choose one "
            "capture to see what was known on that day."
        ),
    )
    return replace(context, as_captured_on=chosen)


def choose_closure_day(context: Scope, first: datetime.date, last: datetime.date, default: datetime.date) -> Scope:
    """A day of the record, kept in the address in ISO form; while the days move by themselves it is left as it was.

    A day that the reader has not chosen is the default of the page that is open. One that the record does not reach is
    replaced by the default, which is stated.
    """
    wanted, formerly = was_chosen(DAY), in_address(FORMERLY)
    if address_comes_first(DAY) or st.session_state[DAY] is None:
        stop_playing(DAY)
        wanted = formerly if wanted is None else wanted
        st.session_state[DAY] = iso_day(wanted) or default
    elif st.session_state[DAY] == st.session_state.get(CHOSEN_BY_NOBODY):
        st.session_state[DAY], wanted = default, None
    if not first <= st.session_state[DAY] <= last:
        st.session_state[DAY] = default
    refused = None if wanted is None or iso_day(wanted) == st.session_state[DAY] else wanted
    st.session_state[CHOSEN_BY_NOBODY] = default
    if not is_playing(DAY):
        stop_playing(DAY)
    chosen = st.date_input(
        _("Date"),
        key=DAY,
        min_value=first,
        max_value=last,
        format="YYYY-MM-DD",
        on_change=stop_playing,
        args=(DAY,),
    )
    dropped.read(DAY)
    if not is_playing(DAY):
        remember(DAY, chosen, default)
        remember(FORMERLY, None, None)
        label, shown = _("Date"), day(chosen)
        dropped.settle(DAY, refused, chosen, label, shown, out_of_range(refused))
        dropped.settle(FORMERLY, None if formerly in (None, wanted) else formerly, chosen, label, shown)
    return replace(context, on_date=chosen)
