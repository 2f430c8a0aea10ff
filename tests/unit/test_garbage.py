"""What reruns leave behind is freed by the server, since Streamlit is told not to walk the heap after each of them."""

import threading
import time
import tomllib
import weakref

from dashboard.server.garbage import collected
from dashboard.settings import PROJECT


class Left:
    """Something that holds itself, as what a rerun leaves behind does."""

    def __init__(self) -> None:
        self.itself = self


def test_what_holds_itself_is_freed_within_and_the_thread_ends():
    left = weakref.ref(Left())
    with collected(every_seconds=0.01):
        time.sleep(0.05)
        others = [[] for _ in range(200_000)]  # as pages that are drawn make
        until = time.monotonic() + 20
        while left() is not None and time.monotonic() < until:
            time.sleep(0.01)
    assert left() is None and others
    until = time.monotonic() + 20
    while any(thread.name == "garbage" for thread in threading.enumerate()) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(thread.name == "garbage" for thread in threading.enumerate())


def test_while_nobody_reads_a_page_nothing_is_walked(monkeypatch):
    walks = []
    monkeypatch.setattr("dashboard.server.garbage.gc.collect", lambda: walks.append(1))
    monkeypatch.setattr("dashboard.server.garbage._new_objects", lambda: 7)
    with collected(every_seconds=0.01):
        time.sleep(0.2)
    assert walks == []


def test_streamlit_walks_no_heap_after_a_rerun():
    written = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert written["runner"]["postScriptGC"] is False
