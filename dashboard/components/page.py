"""The frame of every page: what the reader is looking at, the answer in a sentence, and sections drawn when opened."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import streamlit as st

from dashboard.access.visitor import is_embedded
from dashboard.components import dropped, languages, light, notices
from dashboard.components.filters import read_open, remember_open
from dashboard.components.light import is_narrow
from dashboard.components.provenance import begin_page, remember_headline
from dashboard.components.record import Headline, Unanswered, is_recording, keep, keep_section
from dashboard.locales import _
from dashboard.locales.numbers import MISSING, mark_missing
from dashboard.scope import Scope

# A choice draws a widget of the bar and gives the context with what was chosen.
Choice = Callable[[Scope], Scope]
STYLE = Path(__file__).with_name("page.css")


class NoAnswer(Exception):
    """A page cannot answer; the message states why, and what to do."""


def page(
    answer: Callable[[Scope], None],
    choices: Sequence[Choice] = (),
    needs: Callable[[], str] | None = None,
    hides: bool = True,
) -> Scope:
    """The bar with the context, then the answer: a headline and the figure that shows it.

    Args:
        answer: draws them for a context; raises NoAnswer where there is none.
        choices: what the reader may choose, in the order of the bar.
        needs: why this release cannot answer at all; empty where it can.
        hides: whether the page shows counts of learners that are hidden from some readers; else a gap is no secret.

    Returns:
        The context, for the sections below. Without an answer the page ends with the reason.
    """
    begin_page()
    dropped.begin()
    if hides:
        notices.mark_hidden()
    else:
        mark_missing(MISSING)
    st.html(STYLE)
    notices.warnings()
    if needs and (why := needs()):
        _bar(())
        no_answer(why)
    context = _bar(choices)
    if hides:
        notices.mark_hidden(context)
    dropped.show()
    _loading("answer")
    try:
        answer(context)
    except NoAnswer as why_not:
        no_answer(str(why_not))
    return context


def headline(takeaway: str, lead: str = "") -> None:
    """The one sentence of the page, and below it what the page is about, with the lead."""
    remember_headline(takeaway)
    if keep(Headline(takeaway, notices.title_of_page(), lead)):
        return
    st.title(takeaway, anchor=False)
    subject = f"**{notices.title_of_page()}**"
    st.write(f"{subject} \u00b7 {lead}" if lead else subject)


def no_answer(why: str) -> NoReturn:
    """Ends the page with its name and the reason."""
    keep(Unanswered(why))
    st.title(notices.title_of_page(), anchor=False)
    st.info(why)
    notices.footer()
    st.stop()
    raise AssertionError("Streamlit ended the script")


@contextmanager
def section(title: str, name: str) -> Iterator[bool]:
    """A part of a page below its answer, drawn when a reader opens it; whether it is open.

    `name` is kept in the address, so that a link opens it.
    """
    if is_recording():
        dropped.has_section(name)
        yield keep_section(title, name)
        return
    key = f"section-{name}"
    read_open(key, name)
    shown = st.expander(title, on_change="rerun", key=key)
    remember_open(name, bool(shown.open))
    with shown:
        if shown.open:
            _loading(name)
        yield bool(shown.open)


def _loading(name: str) -> None:
    """The place of what is being asked, drawn by page.css after half a second while nothing stands below it."""
    with st.container(key=f"loading-{name}"):
        st.caption(_("Loading…"))


def _bar(choices: Sequence[Choice]) -> Scope:
    context = Scope()
    with st.container(horizontal=True, key="context", vertical_alignment="bottom"):
        if choices and is_narrow():
            with st.popover(_("Change what is shown")):
                for choose in choices:
                    context = choose(context)
        else:
            for choose in choices:
                context = choose(context)
        notices.bar()
        light.choice()
        languages.choice()
    if not is_recording() and is_embedded():
        notices.simulated_mark()
    return context
