"""A day that moves: on a slider under a map, and by itself while it is played; one choice with the date in the bar.

The map stays where it is, and the address is written once, when the day stands.
"""

import datetime
from collections.abc import Callable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.components.filters import is_playing, slider_of, start_playing, stop_playing
from dashboard.locales import _
from dashboard.session import fragment

SECONDS_A_STEP = 1.2
Day = datetime.date


def moving_day(
    key: str,
    at: Day,
    first: Day,
    until: Day,
    following: Callable[[Day], Day],
    draw: Callable[[str, Callable[[], None]], None],
) -> None:
    """A slider for the day of a choice, and a button that lets it move by itself.

    Args:
        key: of the choice in the session and the address.
        at: the day that is shown.
        first: where it begins to move when it stands at the end.
        until: where it stops.
        following: the day after a step from another.
        draw: draws the slider under a key; what it calls when a reader moves it.
    """
    slider = slider_of(key)
    st.session_state[slider] = at
    playing = is_playing(key)
    with st.container(horizontal=True, vertical_alignment="center", key="moving-day"):
        st.button(
            _("Stop") if playing else _("Play"),
            key="play",
            icon="⏸" if playing else "▶",
            on_click=_play_or_stop,
            args=(key, first, until),
        )
        draw(slider, lambda: _moved_by_hand(key))
    if playing:
        fragment(_advance, run_every=SECONDS_A_STEP)(key, until, following)


def _moved_by_hand(key: str) -> None:
    st.session_state[key] = st.session_state[slider_of(key)]
    stop_playing(key)


def _play_or_stop(key: str, first: Day, until: Day) -> None:
    """Starts the days moving, from the first one when they stand at the last; or stops them."""
    if is_playing(key):
        stop_playing(key)
        return
    start_playing(key)
    if st.session_state[key] >= until:
        st.session_state[key] = first


def _advance(key: str, until: Day, following: Callable[[Day], Day]) -> None:
    """Moves the day on at each tick of the clock; it stops on the last one."""
    run = get_script_run_ctx()
    if run is None or not run.fragment_ids_this_run:
        return  # the page is being drawn: only the clock moves the day
    st.session_state[key] = min(following(st.session_state[key]), until)
    if st.session_state[key] >= until:
        stop_playing(key)
    st.rerun()
