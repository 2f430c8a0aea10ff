"""A page, or one figure of it, as it stands inside another site: without menu and bar, as the public sees it."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from dashboard.access.visitor import visitor
from dashboard.components import languages, notices
from dashboard.components.dropped import show_rest
from dashboard.components.figures import Figure, plain_chart
from dashboard.components.provenance import begin_page, drawn_from
from dashboard.components.record import EVERY, NotTaken
from dashboard.documents.reading import PageRead, read_page
from dashboard.locales import _, language
from dashboard.locales.numbers import day
from dashboard.locales.plain import in_markdown
from dashboard.menu import EMBEDDABLE
from dashboard.session import current_release
from dashboard.settings import public_url
from dashboard.warehouse.lineage import sources_of

STYLE = Path(__file__).with_name("embedded.css")
FIGURE = "figure"  # in the address: the question whose figure is wanted
OPEN = "open"


def show_embedded(name: str, run: Callable[[], None]) -> None:
    """Draws the page, or the figure that the address names; states where this page is not for other sites."""
    st.html(STYLE)
    if name not in EMBEDDABLE:
        st.title(notices.title_of_page(), anchor=False)
        st.info(_("This page is not shown inside other sites. Open it on the dashboard."))
        _link(name)
        st.stop()
    if question_name := st.query_params.get(FIGURE):
        _figure(name, question_name)
    else:
        run()
        show_rest()
    _link(name)


def _figure(name: str, question_name: str) -> None:
    begin_page()
    notices.mark_hidden()
    languages.set_browser_language()
    notices.warnings()
    # What a section holds is read only where the answer of the page has no such figure.
    read = _read(name, "")
    figure = _figure_of(read, question_name) or _figure_of(read := _read(name, EVERY), question_name)
    if figure is None:
        known = dict.fromkeys(block.question for block in read.blocks if isinstance(block, Figure))
        st.info(
            read.why_not
            or _("This page has no figure {name}. It has: {list}.").format(
                name=in_markdown(question_name), list=in_markdown(", ".join(known))
            )
        )
        return
    title = figure.words.title or (read.headline.takeaway if read.headline else "")
    st.title(title, anchor=False)
    if figure.words.lead:
        st.write(figure.words.lead)
    for block in read.blocks:
        if isinstance(block, NotTaken):
            st.info(block.words)
    contexts = (figure.others or {"": figure.context}).values()
    for context in contexts:
        for question in (figure.question, *figure.beside):
            drawn_from(question, context)
    notices.simulated_mark(source for question in (figure.question, *figure.beside) for source in sources_of(question))
    if callable(figure.chart):
        figure.chart()
    else:
        plain_chart(figure.chart, f"embedded-{figure.question}", figure.words.alt)
    if callable(figure.chart) or "geo" in figure.chart["layout"]:  # what draws itself may be a map
        notices.map_disclaimer()
    if figure.context.on_date:
        st.caption(f"{_('As of')} {day(figure.context.on_date)}")


def _read(name: str, sections: str) -> PageRead:
    address = {key: str(value) for key, value in st.query_params.to_dict().items() if key != FIGURE}
    return read_page(
        name, visitor(), current_release(), language(), {**address, OPEN: sections or address.get(OPEN, "")}
    )


def _figure_of(read: PageRead, question_name: str) -> Figure | None:
    return next((block for block in read.blocks if isinstance(block, Figure) and block.question == question_name), None)


def _link(name: str) -> None:
    """The way to the whole page, where table, download and working are; it opens beside the other site."""
    choices = {key: value for key, value in st.query_params.to_dict().items() if key != FIGURE}
    query = f"?{urlencode(choices)}" if choices else ""
    st.markdown(f"[{_('Open the full page')}]({public_url()}/{name}{query})")
