"""Words of a page beside its figures: each is drawn, or kept where a document is read, so that neither lacks one.

What helps only whoever has the page before them, such as where to click, is a `hint` and stays on the page.
"""

from collections.abc import Iterable

import streamlit as st

from dashboard.components.record import Heading, Note, is_recording, keep
from dashboard.locales.numbers import with_semicolons


def heading(words: str, is_small: bool = False) -> None:
    """The title of what follows."""
    if keep(Heading(words)):
        return
    if is_small:
        st.subheader(words, anchor=False)
    else:
        st.header(words, anchor=False)


def paragraph(words: str) -> None:
    """A paragraph about the figure above it, or in place of one."""
    if not keep(Note(words)):
        st.write(words)


def note(words: str) -> None:
    """A quiet line below a figure."""
    if not keep(Note(words)):
        st.caption(words)


def warn(words: str) -> None:
    """What a reader must know before the figures are used."""
    if not keep(Note(words)):
        st.warning(words)


def lines(words: Iterable[str]) -> None:
    """Short lines of a card, close together."""
    texts = list(words)
    if not keep(Note(with_semicolons(texts))):
        st.markdown("\n".join(f"- {line}" for line in texts))


def fact(label: str, value: str) -> None:
    """A number of a card under its label."""
    if not keep(Note(f"{label}: {value}")):
        st.metric(label, value)


def hint(words: str) -> None:
    """What can be done on the page; of no use in a document."""
    if not is_recording():
        st.caption(words)
