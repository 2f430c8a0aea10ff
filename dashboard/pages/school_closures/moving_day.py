"""The day of closures: chosen in the bar, moved by a slider under the map, or moving by itself while it is played."""

import datetime

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.components.closures import DAY, PLAYING, choose_closure_day, stop_playing
from dashboard.locales import _
from dashboard.locales.numbers import LONG, day, widget_day
from dashboard.scope import Scope
from dashboard.session import ask_one, part

CAPTURE = "school_closures/capture"
SLIDER = "closures-slider"
STEP = datetime.timedelta(7)
SECONDS_A_STEP = 1.2


def choose(context: Scope) -> Scope:
    """The date in the bar; the last observed day of the capture where none is chosen."""
    capture = ask_one(CAPTURE, context)
    # Who left the page while the days moved finds them standing.
    is_playing = bool(st.session_state.get(PLAYING)) and SLIDER in st.session_state
    return choose_closure_day(
        context, capture["first_date"], capture["last_date"], capture["last_observed_date"], is_playing
    )


def slider(context: Scope) -> None:
    """The same day on a slider, with a button that lets it move by a week at a time."""
    capture = ask_one(CAPTURE, context)
    first, observed, last = capture["first_date"], capture["last_observed_date"], capture["last_date"]
    if first == last:
        st.caption(_("The record has one day: {day}.").format(day=day(first)))
        return
    st.session_state[SLIDER] = context.on_date
    with st.container(horizontal=True, vertical_alignment="center", key="moving-day"):
        st.button(
            _("Stop") if st.session_state.get(PLAYING) else _("Play"),
            key="play",
            icon="⏸" if st.session_state.get(PLAYING) else "▶",
            on_click=_play_or_stop,
            args=(first, observed),
        )
        st.slider(
            _("Day on the map"),
            first,
            last,
            key=SLIDER,
            format=widget_day(LONG),
            on_change=_moved_by_hand,
            label_visibility="collapsed",
        )
    if st.session_state.get(PLAYING):
        part(_advance, run_every=SECONDS_A_STEP)(observed)


def _moved_by_hand() -> None:
    st.session_state[DAY] = st.session_state[SLIDER]
    stop_playing()


def _play_or_stop(first: datetime.date, observed: datetime.date) -> None:
    """Starts the days moving, from the first one when they stand at the last observed one; or stops them."""
    st.session_state[PLAYING] = not st.session_state.get(PLAYING, False)
    if st.session_state[PLAYING] and st.session_state[DAY] >= observed:
        st.session_state[DAY] = first


def _advance(observed: datetime.date) -> None:
    """Moves the day on by a week at each tick of the clock; it stops on the last observed day."""
    run = get_script_run_ctx()
    if run is None or not run.fragment_ids_this_run:
        return  # the page is being drawn: only the clock moves the day
    st.session_state[DAY] = min(st.session_state[DAY] + STEP, observed)
    st.session_state[PLAYING] = st.session_state[DAY] < observed
    st.rerun()
