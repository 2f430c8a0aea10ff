"""Where figures come from: the snapshots behind an answer, and the one source line at the end of a page."""

import datetime
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.kept import kept
from dashboard.locales import _
from dashboard.locales.numbers import short_day, with_commas, with_semicolons
from dashboard.locales.plain import isolated, without_markup
from dashboard.scope import Scope
from dashboard.session import ask, current_release
from dashboard.warehouse.catalog import sources
from dashboard.warehouse.lineage import sources_of

CLOSURES, ANSWERED_BY = "unesco_closures", "school_closures/answered_by"
Pin = dict[str, Any]

_drawn: ContextVar[dict[tuple[str, Scope], None] | None] = ContextVar("drawn", default=None)
_headline: ContextVar[str] = ContextVar("headline", default="")


def begin_page() -> None:
    """Forgets what the page before was drawn from, and its headline."""
    _drawn.set({})
    _headline.set("")


def remember_headline(takeaway: str) -> None:
    """Has files of figures without a title of their own carry the sentence at the top of the page."""
    _headline.set(takeaway)


def title_of(title: str) -> str:
    """The title of a figure in plain text, or the sentence at the top of the page where the figure has none."""
    return without_markup(title or _headline.get())


def drawn_from(question_name: str, scope: Scope) -> None:
    """Has the sources of an answer named at the end of the page."""
    drawn = _drawn.get()
    if drawn is not None:
        drawn[question_name, scope] = None


def pins_of(question_name: str, scope: Scope) -> list[tuple[str, Pin]]:
    """The snapshots that answer: the newest of each source, of school closures the captures that the day asks for.

    Of a source that partners report in streams, every one is in the answer.
    """
    pins = current_release().manifest["snapshots"]
    used_pins = []
    for name in sources_of(question_name):
        known = [(name, pin) for pin in pins.get(name, [])]
        if name == CLOSURES:
            days = _days(ask(ANSWERED_BY, scope))
            used_pins += [(name, pin) for name, pin in known if pin["captured_on"] in days]
        else:
            used_pins += known if sources()[name].stream else known[-1:]
    return used_pins


@kept
def _days(answered_by: pd.DataFrame) -> frozenset[str]:
    """The days of capture that an answer about school closures was read from."""
    return frozenset(answered_by["captured_on"].astype(str))


def source_line() -> None:
    """Publisher, title, licence and day of capture of each source behind the page; simulated ones are named apart."""
    drawn = _drawn.get() or {}
    pins = [pin for question_name, scope in drawn for pin in pins_of(question_name, scope)]
    if sentence := in_words(pins):
        st.caption(sentence)


def in_words(pins: Iterable[tuple[str, Pin]]) -> str:
    """The sources of these snapshots in a sentence each for real and for simulated ones; empty without any."""
    real: dict[str, list[str]] = {}
    simulated: dict[str, None] = {}
    for name, pin in pins:
        if pin["provenance"] == "demo":
            simulated[_(sources()[name].title)] = None
        else:
            days = real.setdefault(name, [])
            if (day := pin["captured_on"]) not in days:
                days.append(day)
    words = []
    if real:
        words.append(
            _("Sources: {list}.").format(list=with_semicolons(_real(name, days) for name, days in real.items()))
        )
    if simulated:
        words.append(_("**Simulated data**, not of any partner: {list}.").format(list=with_semicolons(simulated)))
    return " ".join(words)


def _real(name: str, days: list[str]) -> str:
    card = sources()[name]
    newest = short_day(max(map(datetime.date.fromisoformat, days)))
    captured = (
        _("captured {day}").format(day=newest)
        if len(days) == 1
        else _("{count} captures, the newest of {day}").format(count=len(days), day=newest)
    )
    named = with_commas(isolated(_(words)) for words in (card.publisher, card.title))
    return f"{named} ({with_semicolons((captured, isolated(_(card.licence))))})"
