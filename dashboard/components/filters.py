"""Filters that live in the address, so that a view can be mailed: codes and dates, never words of a language.

The address is read before the session wherever it states more: when a page opens, and when the reader goes back or
forward. All that a run chooses is written into it at the end of the run, so that one choice is one step of the
browser's history.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

from dashboard.charts.kept import codes_by_name, names_by_code
from dashboard.components import dropped
from dashboard.locales import _
from dashboard.locales.numbers import INPUT, day, widget_day

Option = TypeVar("Option")
Number = TypeVar("Number", int, float)
ON, OFF = "true", "false"
OPEN = dropped.OPEN
# Choices that hold on every page that offers them, and where the session keeps them between pages.
TRAVELLING = frozenset({"programme_id", "partner_id", "country_iso3", "as_of", "closures_on", "light"})
LUGGAGE = "_luggage"
DRAWN_ON = "_drawn_on"
VIEW = "view"
EARLIEST = datetime.date(2010, 1, 1)
_chosen: ContextVar[dict[str, str | None] | None] = ContextVar("chosen", default=None)


@contextmanager
def single_step_of_history() -> Iterator[None]:
    """Keeps what is chosen within and writes it into the address together, unless a new run makes up for this one."""
    if _chosen.get() is not None:
        yield  # within another one, which writes
        return
    _chosen.set({})
    try:
        yield
    except StopException:
        _write()
        raise
    else:
        _write()
    finally:
        _chosen.set(None)


def choose(
    label: str,
    options: Sequence[Option],
    key: str,
    words: Callable[[Option], str],
    default: Option | None = None,
    buttons: bool = False,
    always_in_link: bool = False,
    help: str | None = None,
    why_not: str = "",
) -> Option:
    """A choice among options, kept in the address as `key=code`; an unknown code is the default, which is stated.

    A default that is no option is the first one. `why_not` is a message with {value} and {shown} for a code that is no
    option, where the choice knows why.
    """
    fallback, refused = options[0] if default is None or default not in options else default, None
    if address_comes_first(key) or st.session_state[key] not in options:
        before, wanted = was_chosen(key), in_address(key)
        st.session_state[key] = next((option for option in options if str(option) == wanted), fallback)
        refused = None if before == str(st.session_state[key]) else before
    if buttons:
        chosen = st.segmented_control(label, options, key=key, format_func=words, required=True, help=help)
    else:
        chosen = st.selectbox(label, options, key=key, format_func=words, help=help, placeholder=words(fallback))
    remember(key, chosen, None if always_in_link else fallback)
    dropped.settle(key, refused, chosen, label, words(st.session_state[key]), why_not)
    return chosen  # type: ignore[return-value]


def views(names: Mapping[str, str], default: str | None = None) -> str:
    """A choice between the views of a page that is split by task, kept in the address as `view=name`."""
    return choose(_("View"), list(names), VIEW, names.__getitem__, default, buttons=True)


def choose_country(label: str, table: pd.DataFrame, none: str) -> str | None:
    """A choice among the countries of a table (country_iso3, country), by name; `none` are the words for no choice."""
    names = names_by_code(table, "country_iso3", "country")
    codes = codes_by_name(table, "country_iso3", "country")
    return choose(label, [None, *codes], "country_iso3", lambda code: names[code] if code else none, None)


def date_in_link(
    label: str, key: str, newest: datetime.date | None, default: datetime.date | None = None
) -> datetime.date | None:
    """A day up to the newest, kept in the address in ISO form; None where there is no newest.

    A day that the reader has not chosen moves with the newest of what is chosen beside it. While days move by
    themselves the address is left as it was.
    """
    if newest is None or pd.isna(newest):
        return None
    default, by_itself = default or newest, f"{key}-by-itself"
    wanted = was_chosen(key)
    if address_comes_first(key) or st.session_state[key] is None:
        stop_playing(key)
        st.session_state[key] = iso_day(in_address(key)) or default
    elif st.session_state[key] == st.session_state.get(by_itself):
        st.session_state[key], wanted = default, None
    st.session_state[by_itself] = default
    earliest = min(EARLIEST, newest)
    st.session_state[key] = max(earliest, min(st.session_state[key], newest))
    refused = None if wanted is None or iso_day(wanted) == st.session_state[key] else wanted
    chosen = st.date_input(
        label,
        key=key,
        min_value=earliest,
        max_value=newest,
        format=widget_day(INPUT),
        on_change=stop_playing,
        args=(key,),
    )
    dropped.read(key)
    if not is_playing(key):
        remember(key, chosen, default)
        dropped.settle(key, refused, chosen, label, day(chosen), out_of_range(wanted))
    return chosen


def out_of_range(wanted: str | None) -> str:
    """Why a day is not shown, as a message with {value} and {shown}; empty where what was wanted is no day."""
    return _("{value} is outside the dates available here; {shown} is shown.") if iso_day(wanted) else ""


def is_playing(key: str) -> bool:
    """Whether the day of a choice moves by itself; who left the page meanwhile finds it standing."""
    return bool(st.session_state.get(f"{key}-playing")) and slider_of(key) in st.session_state


def start_playing(key: str) -> None:
    """The day of a choice begins to move by itself."""
    st.session_state[f"{key}-playing"] = True


def stop_playing(key: str) -> None:
    """The day of a choice stops moving by itself."""
    st.session_state[f"{key}-playing"] = False


def slider_of(key: str) -> str:
    """Where the session keeps the slider that moves the day of a choice."""
    return f"{key}-slider"


def day_within(
    label: str, first: datetime.date, last: datetime.date, default: datetime.date, key: str
) -> datetime.date:
    """A day within limits, kept in the address in ISO form; one beyond them is the default, which is stated."""
    wanted = was_chosen(key)
    if address_comes_first(key) or st.session_state[key] is None:
        st.session_state[key] = iso_day(in_address(key))
    if st.session_state[key] is None or not first <= st.session_state[key] <= last:
        st.session_state[key] = default
    refused = None if wanted is None or iso_day(wanted) == st.session_state[key] else wanted
    chosen = st.date_input(label, key=key, min_value=first, max_value=last, format=widget_day(INPUT))
    remember(key, chosen, default)
    dropped.settle(key, refused, chosen, label, day(chosen), out_of_range(wanted))
    return chosen


def slide_number(label: str, first: Number, last: Number, default: Number, step: Number, key: str) -> Number:
    """A number within limits on a slider, kept in the address; anything else is the default, which is stated."""
    refused = None
    if address_comes_first(key):
        text = in_address(key)
        try:
            wanted = default if text is None else type(default)(text)
            is_taken = first <= wanted <= last
        except ValueError:
            is_taken = False
        st.session_state[key] = wanted if is_taken else default
        refused = None if is_taken else text
    chosen = st.slider(label, first, last, step=step, key=key)
    remember(key, chosen, default)
    dropped.settle(key, refused, chosen, label, str(chosen))
    return chosen


def switch(label: str, key: str) -> bool:
    """A choice of yes or no, kept in the address as `key=true`; no is the default."""
    refused = None
    if address_comes_first(key):
        wanted = in_address(key)
        st.session_state[key] = wanted == ON
        refused = None if wanted in (None, ON, OFF) else wanted
    chosen = st.toggle(label, key=key)
    remember(key, ON if chosen else None, None)
    dropped.settle(key, refused, chosen, label, _("Yes") if chosen else _("No"))
    return chosen


def type_words(label: str, key: str, example: str = "") -> str:
    """Words that the reader types, kept in the address; empty without any."""
    if address_comes_first(key):
        st.session_state[key] = st.query_params.get(key, "")
    typed = st.text_input(label, key=key, placeholder=example, max_chars=100, type="search") or ""
    remember(key, typed or None, None)
    return typed


def year_before(date: datetime.date | None) -> datetime.date | None:
    """The day a year earlier."""
    return None if date is None or pd.isna(date) else date - datetime.timedelta(365)


def iso_day(text: str | None) -> datetime.date | None:
    """The day of a text in ISO form; None where it is none."""
    try:
        return datetime.date.fromisoformat(text or "")
    except ValueError:
        return None


def address_comes_first(key: str) -> bool:
    """Whether a choice is read from the address: the page has none yet, or the reader went back or forward."""
    return key not in st.session_state or went_back_or_forward() or not _was_drawn_on_this_page(key)


def in_address(key: str) -> str | None:
    """The code that the address holds for a choice; of one that travels, else what was chosen on another page.

    A page that is opened from the menu has an address without choices. One to which the reader goes back has what its
    address holds and nothing else.
    """
    wanted = st.query_params.get(key)
    if wanted is None and key in TRAVELLING and not went_back_or_forward():
        return st.session_state.get(LUGGAGE, {}).get(key)
    return wanted


def _was_drawn_on_this_page(key: str) -> bool:
    """Whether the widget of a choice stood on the page that is open: Streamlit keeps the key, not the widget."""
    run = get_script_run_ctx()
    return run is None or st.session_state.get(DRAWN_ON, {}).get(key) == run.page_script_hash


def went_back_or_forward() -> bool:
    """Whether this run is of an address to which the reader went back or forward: what it lacks was not chosen."""
    run = get_script_run_ctx()
    return run is not None and run.is_history_navigation


def was_chosen(key: str) -> str | None:
    """The code that the address or the session holds for a choice, whether or not it is an option here."""
    chosen = in_address(key) if address_comes_first(key) else st.session_state[key]
    return None if chosen is None else str(chosen)


def remember(key: str, value: Any, default: Any) -> None:
    """Has a choice written into the address, or taken out when it is the default."""
    dropped.read(key)
    if run := get_script_run_ctx():
        st.session_state.setdefault(DRAWN_ON, {})[key] = run.page_script_hash
    with single_step_of_history():
        chosen = _chosen.get()
        assert chosen is not None
        chosen[key] = None if value is None or value == default else str(value)


def read_open(key: str, name: str) -> None:
    """Has a section open where the address names it among those that are."""
    dropped.has_section(name)
    if address_comes_first(key):
        st.session_state[key] = name in _names(st.query_params.get(OPEN))


def remember_open(name: str, is_open: bool) -> None:
    """Has an open section named in the address, beside those that are open above it."""
    if run := get_script_run_ctx():
        st.session_state.setdefault(DRAWN_ON, {})[f"section-{name}"] = run.page_script_hash
    with single_step_of_history():
        chosen = _chosen.get()
        assert chosen is not None
        others = [other for other in _names(chosen.get(OPEN)) if other != name]
        chosen[OPEN] = ",".join([*others, *([name] if is_open else [])]) or None


def _names(text: str | None) -> list[str]:
    return text.split(",") if text else []


def _write() -> None:
    chosen = _chosen.get() or {}
    luggage = st.session_state.setdefault(LUGGAGE, {})
    for key in TRAVELLING & chosen.keys():
        # What was chosen elsewhere and is the default of this page is still chosen.
        if chosen[key] is not None or luggage.get(key) != str(st.session_state.get(key)):
            luggage[key] = chosen[key]
    before = {key: st.query_params.get_all(key) for key in st.query_params}
    after = {key: values for key, values in before.items() if chosen.get(key, values) is not None}
    after |= {key: [value] for key, value in chosen.items() if value is not None}
    for key in chosen:
        dropped.wrote(key, after.get(key, ()))
    if after != before:
        st.query_params.from_dict(after)
