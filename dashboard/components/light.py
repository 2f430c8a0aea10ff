"""The light page: the same answers without chart library, map library and data grid, for lines on which data is dear.

It is chosen in the bar, kept in the address as `light=1`, and travels from page to page. Whatever it draws as HTML is
escaped first.
"""

import base64
import json
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

import streamlit as st

from dashboard.charts.language import in_language
from dashboard.components import dropped
from dashboard.components.filters import LUGGAGE, in_address, remember
from dashboard.components.record import is_recording
from dashboard.locales import _, language, speaking
from dashboard.locales.numbers import whole

KEY, ON = "light", "1"
# The cookie in which the server keeps that the browser sent `Save-Data: on`.
WANTS_LESS = "save_data"
# The cookie of a browser whose line was slow, and where the session keeps that it is.
SLOW_LINE = "slow_line"
# The cookie in which a browser states that the page is narrow, since the server cannot see it: a phone, a window beside
# another, or large letters.
NARROW, NARROW_PIXELS = "narrow", 640
MOST_ROWS, FIRST_ROWS = 60, 12  # of a table, and of the one that stands in place of a map
CHART_WIDTH = 700  # pixels


def is_light() -> bool:
    """Whether the reader has chosen the light page."""
    return not is_recording() and in_address(KEY) == ON


def is_narrow() -> bool:
    """Whether the page began as narrow as a phone's, as its browser stated, or is on one."""
    if is_recording():
        return False
    return st.context.cookies.get(NARROW) == "on" or "Mobi" in (st.context.headers.get("User-Agent") or "")


def choice() -> None:
    """The way to the light page and back, in the bar.

    It is offered in words to a browser that asks for less data, or whose line is slow, which a script finds out.
    """
    if is_recording():  # a page that is read outside of a session has no browser to ask
        return
    light, wanted = is_light(), in_address(KEY)
    remember(KEY, ON if light else None, None)
    shown = _("Yes") if light else _("No")
    dropped.settle(KEY, None if wanted in (None, ON) else wanted, light, _("Light page"), shown)
    if light:
        st.button(
            _("Light page: show interactive charts"), type="tertiary", key="light-off", on_click=_choose, args=(None,)
        )
        return
    cookies, offer = st.context.cookies, ""
    if cookies.get(WANTS_LESS) == "on":
        offer = _("Your browser asks for less data: show the light page")
    elif st.session_state.get(SLOW_LINE) or cookies.get(SLOW_LINE) == "on":
        offer = _("Your connection seems slow: show the light page")
    else:
        st.button(_("Offer the light page"), key="slow-line", on_click=_note_slow_line)
    st.button(
        offer or _("Light page"),
        type="primary" if offer else "tertiary",
        key="light-on",
        on_click=_choose,
        args=(ON,),
    )


def _note_slow_line() -> None:
    st.session_state[SLOW_LINE] = True


def _choose(value: str | None) -> None:
    if value:
        st.query_params[KEY] = value
    else:
        st.query_params.pop(KEY, None)
    st.session_state.setdefault(LUGGAGE, {})[KEY] = value


def chart(spec: dict[str, Any], alt: str) -> None:
    """A described chart as a picture that comes with the page, in which nothing can run."""
    # As text, since a described chart is a dictionary: charts of one answer are drawn once for all readers.
    drawn = _svg(json.dumps(spec, default=str, sort_keys=True), language())
    st.html(f'<div class="light" tabindex="0"><img class="chart" alt="{escape(alt)}" src="{drawn}"></div>')


@lru_cache(maxsize=200)
def _svg(spec: str, code: str) -> str:
    from dashboard.charts.paper import FONTS, inline_svg  # its library takes memory that other pages do not need

    with speaking(code):
        drawn = inline_svg(in_language(json.loads(spec)), CHART_WIDTH)
    named = drawn.replace("<svg ", f'<svg xmlns="http://www.w3.org/2000/svg" font-family="{FONTS}" ', 1)
    return f"data:image/svg+xml;base64,{base64.b64encode(named.encode()).decode()}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[bool], alt: str, most: int) -> None:
    """Rows of words as an HTML table, at most so many.

    Args:
        heads: of the columns.
        rows: all there are, each cell in words.
        numbers: whether each column is one of numbers.
        alt: what the table shows.
        most: rows that are drawn.
    """
    kinds = [' class="n"' if is_number else "" for is_number in numbers]
    head = "".join(f'<th scope="col"{kind}>{escape(text)}</th>' for text, kind in zip(heads, kinds, strict=True))
    body = "".join(
        f"<tr>{''.join(f'<td{kind}>{escape(cell)}</td>' for cell, kind in zip(row, kinds, strict=True))}</tr>"
        for row in rows[:most]
    )
    st.html(
        f'<div class="light" tabindex="0"><table aria-label="{escape(alt)}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    if len(rows) > most:
        words = _("The first {shown} of {all} rows. All are in the CSV.")
        st.caption(words.format(shown=whole(most), all=whole(len(rows))))
