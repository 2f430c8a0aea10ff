"""Answers ahead what the next reader will ask: pages as they open, the newest days of closures. Only when served."""

import datetime
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from dashboard.access.gate import login_is_configured
from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, Viewer
from dashboard.access.visitor import Visitor
from dashboard.documents.reading import read_page
from dashboard.locales import ENGLISH
from dashboard.menu import pages
from dashboard.refusals import Refusal
from dashboard.scope import Scope
from dashboard.session import answer, begin, keep_in_memory
from dashboard.store.releases import Release

BY_DAY = (
    "school_closures/world_on_date",
    "school_closures/status_by_country",
    "school_closures/affected_by_level",
    "school_closures/totals_by_level",
    "school_closures/answered_by",
)
LOOK_SECONDS = 5
# Of older days each question takes a few milliseconds when a reader comes there.
MOST_DAYS = 200

log = logging.getLogger("coalition")


@contextmanager
def pick_up_releases() -> Iterator[None]:
    """Looks every few seconds for a release that another process published, so that it is warm when a reader comes."""
    done = Event()
    thread = Thread(target=_look_until, args=(done,), daemon=True, name="pick-up")
    thread.start()
    try:
        yield
    finally:
        done.set()


def _look_until(done: Event) -> None:
    while not done.wait(LOOK_SECONDS):
        try:
            begin()
        except Refusal:  # pages state it to whoever comes
            continue
        except Exception as error:  # noqa: BLE001 - told by class; else a disk that fails once would end all looking
            log.error('{"event": "look_failed", "class": "%s"}', type(error).__name__)


def prefetch(release: Release, can_wait: bool = False) -> int:
    """Fills the cache with days of closures; returns the days that were answered.

    Where the release can wait until it is served, each page is read too, as it opens.
    """
    for viewer in _first_to_come() if can_wait else ():
        who = Visitor("", viewer, viewer, lambda: True)
        for page in pages():
            with suppress(Refusal):
                read_page(page.name, who, release, ENGLISH)
    records = answer(EVERYBODY, release, "school_closures/capture", Scope()).to_dict("records")
    if not records:
        return 0
    day, days = records[0]["last_date"], 0
    while day >= records[0]["first_date"] and days < MOST_DAYS:
        scope = Scope(on_date=day, partial_weight=0.5)
        for name in BY_DAY:
            answer(EVERYBODY, release, name, scope)
        day, days = day - datetime.timedelta(1), days + 1
    keep_in_memory()
    return days


def _first_to_come() -> tuple[Viewer, ...]:
    return (EVERYBODY, EXECUTIVE) if login_is_configured() else (STEWARD,)
