"""What a page states, as values: recorded while its panels run, for what Streamlit does not draw (documents, packs)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

EVERY = "*"
_blocks: ContextVar[list[Any] | None] = ContextVar("blocks", default=None)
_wanted: ContextVar[frozenset[str]] = ContextVar("sections that are wanted", default=frozenset())


@dataclass(frozen=True)
class Headline:
    """The sentence at the top of a page, what the page is about, and what is added to it."""

    takeaway: str
    subject: str
    lead: str


@dataclass(frozen=True)
class Unanswered:
    """Why a page has no answer, in place of its headline."""

    why: str


@dataclass(frozen=True)
class Section:
    """A part of a page below its answer, with the name by which the address opens it."""

    title: str
    name: str


@dataclass(frozen=True)
class Heading:
    """The title of what follows on a page."""

    words: str


@dataclass(frozen=True)
class Note:
    """Words beside a figure, or in place of one."""

    words: str


@dataclass(frozen=True)
class NotTaken(Note):
    """A value of the address that the page did not take."""


@dataclass(frozen=True)
class Rows:
    """An answer as a table that stands by itself on a page: its question, context, columns, and words for codes."""

    question: str
    context: Any
    columns: Any
    codes: Any


@dataclass(frozen=True)
class Grid:
    """Rows that a page writes itself, each cell under its heading, and what they show."""

    rows: Any
    alt: str


@contextmanager
def recording(sections: str = "") -> Iterator[list[Any]]:
    """Has what panels draw within kept as values and not drawn.

    The list has, in order, `Headline`, `Section`, `Heading`, `Note`, `Rows`, `Grid`, tuples of
    `components.figures.Number`, and `Figure` values.

    Args:
        sections: names of the sections that are wanted, behind commas, or `*` for all.
    """
    blocks: list[Any] = []
    before, wanted_before = _blocks.set(blocks), _wanted.set(frozenset(filter(None, sections.split(","))))
    try:
        yield blocks
    finally:
        _blocks.reset(before)
        _wanted.reset(wanted_before)


def keep_section(title: str, name: str) -> bool:
    """Keeps the beginning of a section where it is wanted; whether it is."""
    wanted = _wanted.get()
    return bool(wanted & {name, EVERY}) and keep(Section(title, name))


def is_recording() -> bool:
    """Whether values are wanted, not drawing."""
    return _blocks.get() is not None


def keep(block: Any) -> bool:
    """Keeps a value while recording; whether it was kept, so that nothing needs to be drawn."""
    blocks = _blocks.get()
    if blocks is None:
        return False
    blocks.append(block)
    return True
