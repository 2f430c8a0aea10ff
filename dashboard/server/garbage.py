"""Frees what reruns leave behind, twice a minute: Streamlit's own way is to walk the whole heap after each rerun."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

# A walk takes a tenth of a second of a process that is in use; Python itself collects what is young meanwhile.
EVERY_SECONDS = 30.0


@contextmanager
def collected(every_seconds: float = EVERY_SECONDS) -> Iterator[None]:
    """Collects within, in a thread of its own: `runner.postScriptGC` is off in .streamlit/config.toml."""
    done = Event()
    thread = Thread(target=_collect_until, args=(done, every_seconds), daemon=True, name="garbage")
    thread.start()
    try:
        yield
    finally:
        done.set()


def _collect_until(done: Event, every_seconds: float) -> None:
    seen = _new_objects()
    while not done.wait(every_seconds):
        if _new_objects() != seen:  # nobody reads a page at night
            gc.collect()
            seen = _new_objects()


def _new_objects() -> int:
    """How often Python itself has collected what is young: it does so when some thousand objects are new."""
    return gc.get_stats()[0]["collections"]
