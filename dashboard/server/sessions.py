"""Sessions of Streamlit: which browser opened each, whom the gate admitted, and which files it was sent."""

from collections import OrderedDict
from dataclasses import dataclass, field

from streamlit.runtime import Runtime

from dashboard.access.visitor import VISITOR_KEY, Visitor
from dashboard.measures import VISITS
from dashboard.server import limits


@dataclass
class Opened:
    """A session: the browser that opened it, by its signed cookie, and the files whose addresses it was sent."""

    visit: str
    files: OrderedDict[str, None] = field(default_factory=OrderedDict)


class Sessions:
    """Sessions that were opened through this server, until Streamlit has ended them."""

    def __init__(self) -> None:
        self._opened: dict[str, Opened] = {}

    def open(self, session_id: str, visit: str) -> None:
        """Records the browser of a session; the one that opened it stays."""
        if session_id not in self._opened:
            VISITS.inc()
        self._opened.setdefault(session_id, Opened(visit))

    def give(self, session_id: str, files: list[str]) -> None:
        """Records that the session was sent the addresses of these files."""
        if opened := self._opened.get(session_id):
            for file in files:
                opened.files[file] = None
                opened.files.move_to_end(file)
            while len(opened.files) > limits.DOWNLOADS_PER_SESSION:
                opened.files.popitem(last=False)

    def is_of(self, session_id: str, visit: str) -> bool:
        """Whether this browser opened the session."""
        opened = self._opened.get(session_id)
        return bool(visit) and opened is not None and opened.visit == visit

    def may_have(self, file: str, visit: str) -> bool:
        """Whether this browser was sent the address of the file in an open session whose visitor is still admitted."""
        return any(
            file in opened.files and opened.visit == visit and admitted(session_id) is not None
            for session_id, opened in list(self._opened.items())
            if visit
        )

    def forget_gone(self) -> None:
        """Forgets sessions that Streamlit has ended."""
        for session_id in [opened for opened in self._opened if not is_known(opened)]:
            del self._opened[session_id]


def admitted(session_id: str) -> Visitor | None:
    """The visitor whom the gate admitted to an open session, if it would do so now."""
    session = Runtime.instance().get_app_session(session_id) if Runtime.exists() else None
    if session is None:
        return None
    try:
        visitor = session.session_state[VISITOR_KEY]
    except KeyError:
        return None
    return visitor if isinstance(visitor, Visitor) and visitor.is_still_admitted() else None


def is_open(session_id: str) -> bool:
    """Whether a websocket holds the session open now."""
    return Runtime.exists() and Runtime.instance().is_active_session(session_id)


def is_known(session_id: str) -> bool:
    """Whether the session is open, or may still be resumed."""
    return Runtime.exists() and Runtime.instance()._session_mgr.get_session_info(session_id) is not None


def free_uploads(session_id: str) -> None:
    """Frees what was uploaded in a session. A file that somebody is confirming is held elsewhere, by the page."""
    if Runtime.exists():
        Runtime.instance().uploaded_file_mgr.remove_session_files(session_id)


sessions = Sessions()
