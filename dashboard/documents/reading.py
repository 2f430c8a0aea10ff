"""A page as it states its answer, read as values: the page's own script is run for an address and a visitor.

So a document has the figures of the page, protected as the page, without a second way to compute them.
"""

import contextlib
import runpy
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import StopException
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext, add_script_run_ctx
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.source_util import PageInfo

from dashboard.access.visitor import Visitor, acting_as
from dashboard.components import dropped, notices
from dashboard.components.filters import single_step_of_history
from dashboard.components.record import Headline, Unanswered, recording
from dashboard.locales import speaking
from dashboard.menu import Page, pages
from dashboard.refusals import Refusal
from dashboard.session import on_release
from dashboard.store.releases import Release

SCRIPT = Path(__file__).parents[1] / "app.py"


class NoSuchPage(Refusal):
    """A page that the dashboard does not have."""


@dataclass(frozen=True)
class PageRead:
    """What a page states.

    Attributes:
        page: its name.
        address: the choices as the page wrote them, defaults left out.
        blocks: `Headline` or `Unanswered`, then `Section`, tuples of `Number`, and `Figure` values, as on the page.
    """

    page: str
    address: Mapping[str, str]
    blocks: tuple[Any, ...]

    @property
    def why_not(self) -> str:
        """Why the page has no answer for this visitor and these choices; empty where it has one."""
        return next((block.why for block in self.blocks if isinstance(block, Unanswered)), "")

    @property
    def headline(self) -> Headline | None:
        """The sentence at its top; None where the page has no answer."""
        return next((block for block in self.blocks if isinstance(block, Headline)), None)


def read_page(
    name: str, visitor: Visitor, release: Release, language: str, address: Mapping[str, str] | None = None
) -> PageRead:
    """Runs the script of a page and gives what it states.

    Args:
        name: of the page.
        visitor: who asks; every figure is what they may see.
        release: that answers.
        language: of its words.
        address: the choices, as a link has them; `open` names the sections that are wanted, or is `*` for all.

    Raises:
        NoSuchPage: the dashboard has none of this name.
    """
    page = _page(name)
    read: list[PageRead] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            read.append(_run(page, visitor, release, language, dict(address or {})))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            failed.append(error)

    # Streamlit ties a run to its thread; one of its own keeps this run out of the session that asked for it.
    thread = threading.Thread(target=run, name=f"reading {name}")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return read[0]


def _run(page: Page, visitor: Visitor, release: Release, language: str, address: dict[str, str]) -> PageRead:
    with (
        _streamlit(urlencode(address)) as context,
        acting_as(visitor),
        on_release(release),
        speaking(language),
        recording(address.get("open", "")) as blocks,
    ):
        notices.on_page(page.name)
        with contextlib.suppress(StopException), single_step_of_history():  # a page that cannot answer stops
            runpy.run_path(str(page.script))
            dropped.show_rest()
        with context.session_state.query_params() as chosen:
            written = {key: str(chosen[key]) for key in chosen}
    return PageRead(page.name, written, tuple(blocks))


@contextlib.contextmanager
def _streamlit(query: str) -> Iterator[ScriptRunContext]:
    """A run of Streamlit in this thread whose session is its own and whose drawing goes nowhere."""

    stopped = ScriptRequests()

    def nowhere(message: ForwardMsg) -> None:
        request = stopped.on_scriptrunner_yield()
        if request and request.type == ScriptRequestType.STOP:
            raise StopException

    state = SafeSessionState(SessionState(), lambda: None)
    context = ScriptRunContext(
        session_id="document",
        _enqueue=nowhere,
        query_string=query,
        session_state=state,
        uploaded_file_mgr=MemoryUploadedFileManager("/none"),
        main_script_path=str(SCRIPT),
        user_info={},
        fragment_storage=MemoryFragmentStorage(),
        pages_manager=PagesManager(str(SCRIPT)),
        script_requests=stopped,
    )
    context.pages_manager._set_pages({page.name: _listed(page) for page in pages()})  # for links between pages
    add_script_run_ctx(threading.current_thread(), context)
    context.reset(query_string=query)
    with state.query_params() as params:
        params.populate_from_query_string(query)
        params.set_initial_query_params_from_current()
    yield context


def _listed(page: Page) -> PageInfo:
    return {
        "page_script_hash": page.name,
        "page_name": page.title,
        "icon": "",
        "script_path": str(page.script),
        "url_pathname": page.name,
    }


def _page(name: str) -> Page:
    page = next((page for page in pages() if page.name == name), None)
    if page is None:
        raise NoSuchPage(f"There is no page {name!r}. There are: {', '.join(page.name for page in pages())}.")
    return page
