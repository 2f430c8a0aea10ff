"""Filters that live in the address, so that a view can be mailed: codes and dates, never words of a language."""

import datetime
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from dashboard.locales import _
from dashboard.locales.numbers import day

Option = TypeVar("Option")
EARLIEST = datetime.date(2010, 1, 1)


def choose(
    label: str,
    options: Sequence[Option],
    key: str,
    words: Callable[[Option], str],
    default: Option,
    buttons: bool = False,
    always_in_link: bool = False,
    help: str | None = None,
) -> Option:
    """A choice among options, kept in the address as `key=code`; an unknown code in a link is the default."""
    if st.session_state.get(key, options) not in options or key not in st.session_state:
        wanted = st.query_params.get(key)
        st.session_state[key] = next((option for option in options if str(option) == wanted), default)
    if buttons:
        chosen = st.segmented_control(label, options, key=key, format_func=words, required=True, help=help)
    else:
        chosen = st.selectbox(label, options, key=key, format_func=words, help=help, placeholder=words(default))
    remember(key, chosen, None if always_in_link else default)
    return chosen  # type: ignore[return-value]


def choose_country(label: str, table: pd.DataFrame, none: str) -> str | None:
    """A choice among the countries of a table (country_iso3, country), by name; `none` are the words for no choice."""
    names = dict(zip(table["country_iso3"], table["country"], strict=True))
    codes = sorted(names, key=lambda code: names[code])
    return choose(label, [None, *codes], "country_iso3", lambda code: names[code] if code else none, None)


def slide_day(label: str, first: datetime.date, last: datetime.date, default: datetime.date, key: str) -> datetime.date:
    """A day within limits on a slider, kept in the address in ISO form.

    The slider's own binding writes microseconds when the day is moved by the server, as while playing.
    """
    at = st.session_state.get(key)
    if at is None:
        at = _iso_day(st.query_params.get(key))
    within = at is None or first <= at <= last
    st.session_state[key] = at if at is not None and within else default
    chosen = st.slider(label, first, last, key=key, format="D MMMM YYYY")
    # Always in the address, the default too: a mailed link must show the same after the next import.
    remember(key, chosen, None)
    if not within:
        st.caption(
            _("The record chosen does not reach {asked}; {shown} is shown.").format(asked=day(at), shown=day(chosen))
        )
    return chosen


def date_in_link(
    label: str, key: str, newest: datetime.date | None, default: datetime.date | None = None
) -> datetime.date | None:
    """A day up to the newest, kept in the address in ISO form; None where there is no newest."""
    if newest is None or pd.isna(newest):
        return None
    if st.session_state.get(key) is None:
        st.session_state[key] = _iso_day(st.query_params.get(key)) or default or newest
    st.session_state[key] = max(EARLIEST, min(st.session_state[key], newest))
    chosen = st.date_input(label, key=key, min_value=EARLIEST, max_value=newest, format="YYYY-MM-DD")
    remember(key, chosen, default or newest)
    return chosen


def year_before(date: datetime.date | None) -> datetime.date | None:
    """The day a year earlier."""
    return None if date is None or pd.isna(date) else date - datetime.timedelta(365)


def _iso_day(text: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text or "")
    except ValueError:
        return None


def remember(key: str, value: Any, default: Any) -> None:
    """Writes a choice into the address, or takes it out when it is the default."""
    if value is None or value == default:
        if key in st.query_params:
            del st.query_params[key]
    elif st.query_params.get(key) != str(value):
        st.query_params[key] = str(value)
