"""Who has come to this session, once the gate let them in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import streamlit as st

from dashboard.access.viewer import Viewer

VISITOR_KEY = "_visitor"
EMBEDDED = "_embedded"
_acting: ContextVar["Visitor | None"] = ContextVar("acting", default=None)


class NotAdmitted(Exception):
    """A page was reached without passing the gate, or after what the gate let in was taken back."""


@dataclass(frozen=True)
class Visitor:
    """Who has come, for the audit log; what they may see themselves; and as whom they see now (stewards may choose).

    `is_still_admitted` asks the gate anew, for what runs without a rerun of the page.
    """

    who: str
    own: Viewer
    viewer: Viewer
    is_still_admitted: Callable[[], bool] = field(compare=False, repr=False)


def is_embedded() -> bool:
    """Whether this session was opened by an address with `embed=true`, for a frame in another site; it stays so."""
    if st.context.is_embedded:
        st.session_state[EMBEDDED] = True
    return bool(st.session_state.get(EMBEDDED))


@contextmanager
def acting_as(who: Visitor) -> Iterator[None]:
    """Has questions within asked by a visitor who is in no session: a command, or a file that is written later."""
    before = _acting.set(who)
    try:
        yield
    finally:
        _acting.reset(before)


def visitor() -> Visitor:
    """Whom the gate let in.

    Raises:
        NotAdmitted: nobody passed it in this session.
    """
    if (acting := _acting.get()) is not None:
        return acting
    try:
        return st.session_state[VISITOR_KEY]
    except KeyError:
        raise NotAdmitted("This page was opened without the gate. Open the dashboard by its first page.") from None
