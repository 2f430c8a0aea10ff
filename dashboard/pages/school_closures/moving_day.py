"""The day of closures: chosen in the bar, moved by a slider under the map, or moving by itself while it is played."""

import datetime
from collections.abc import Callable

import streamlit as st

from dashboard.components.closures import DAY, choose_closure_day
from dashboard.components.moving import moving_day
from dashboard.locales import _
from dashboard.locales.numbers import LONG, day, widget_day
from dashboard.scope import Scope
from dashboard.session import ask_row

CAPTURE = "school_closures/capture"
STEP = datetime.timedelta(7)


def choose(context: Scope) -> Scope:
    """The date in the bar; the last observed day of the capture where none is chosen."""
    capture = ask_row(CAPTURE, context)
    return choose_closure_day(context, capture["first_date"], capture["last_date"], capture["last_observed_date"])


def slider(context: Scope) -> None:
    """The same day on a slider, with a button that lets it move by a week at a time to the last observed one."""
    capture = ask_row(CAPTURE, context)
    first, last = capture["first_date"], capture["last_date"]
    if first == last or context.on_date is None:
        st.caption(_("The record has one day: {day}.").format(day=day(first)))
        return

    def draw(key: str, moved: Callable[[], None]) -> None:
        st.slider(
            _("Day on the map"),
            first,
            last,
            key=key,
            format=widget_day(LONG),
            on_change=moved,
            label_visibility="collapsed",
        )

    moving_day(DAY, context.on_date, first, capture["last_observed_date"], lambda at: at + STEP, draw)
