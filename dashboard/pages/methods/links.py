"""Ways through the page Methods: its views, and a link to the card of each entry, all kept in the address."""

import streamlit as st

from dashboard.components.filters import OPEN, choose, was_chosen
from dashboard.locales import _
from dashboard.locales.plain import in_markdown
from dashboard.pages.methods.catalogue import KINDS, Entry, kind_words

PAGE = "pages/methods/page.py"
VIEW, WORDS = "view", "search"
SEARCH_VIEW, CLAIMS_VIEW, SOURCES_VIEW, RELEASE_VIEW = "search", "claims", "sources", "release"
OF_VIEWS = (VIEW, WORDS, OPEN)
LONGEST = 150


def to_entry(entry: Entry, short: bool = False, note: str = "") -> None:
    """A link to the card of an entry, with its kind and what it is below it, or only the link."""
    title = in_markdown(entry.title)
    if short:
        st.page_link(PAGE, label=title, query_params={entry.kind: entry.code})
        return
    text = entry.text if len(entry.text) <= LONGEST else entry.text[:LONGEST].rsplit(" ", 1)[0] + " …"
    with st.container(gap=None):
        st.page_link(PAGE, label=f"**{title}**", query_params={entry.kind: entry.code})
        st.caption(" \u00b7 ".join(filter(None, [kind_words(entry.kind), in_markdown(text), note])))


def write_address(wanted: str = "", code: str = "") -> None:
    """Has the browser's address name what is shown: by itself it does not follow a link within one page.

    Of a card it keeps nothing of the view that the reader came from.
    """
    kept = {key: st.query_params.get_all(key) for key in st.query_params}
    if wanted:
        kept = {wanted: [code], **{key: values for key, values in kept.items() if key not in (*KINDS, *OF_VIEWS)}}
    st.query_params.from_dict(kept)


def open_view() -> str:
    """The view that the reader chose; the search where none is chosen."""
    view = was_chosen(VIEW) or SEARCH_VIEW
    return view if view in _view_words() else SEARCH_VIEW


def views() -> None:
    """The choice of a view."""
    words = _view_words()
    choose(_("View"), list(words), VIEW, lambda view: words[view], buttons=True)


def _view_words() -> dict[str, str]:
    return {
        SEARCH_VIEW: _("Search"),
        CLAIMS_VIEW: _("Claims beside data"),
        SOURCES_VIEW: _("Sources and licences"),
        RELEASE_VIEW: _("This release"),
    }
