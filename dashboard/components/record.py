"""What a page says, as values: recorded while its panels run, for what is not drawn by Streamlit (documents, packs)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

_blocks: ContextVar[list[Any] | None] = ContextVar("blocks", default=None)


@dataclass(frozen=True)
class Headline:
    """The sentence at the top of a page, what the page is about, and what is added to it."""

    takeaway: str
    subject: str
    lead: str


@dataclass(frozen=True)
class Sentence:
    """A sentence of a page that belongs to no figure."""

    text: str


@contextmanager
def recording() -> Iterator[list[Any]]:
    """Has what panels draw within kept as values and not drawn.

    The list has, in order, `Headline`, `Sentence`, tuples of `components.figures.Number`, and `Figure` values.
    """
    blocks: list[Any] = []
    before = _blocks.set(blocks)
    try:
        yield blocks
    finally:
        _blocks.reset(before)


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
