"""Answers ahead what the next reader will ask: the newest days of the closure record. Only where the app is served."""

import datetime
from threading import Thread

from dashboard.access.viewer import EVERYBODY
from dashboard.scope import Scope
from dashboard.session import answer, keep_in_memory
from dashboard.store.releases import Release

BY_DAY = (
    "school_closures/world_on_date",
    "school_closures/status_by_country",
    "school_closures/affected_by_level",
    "school_closures/answered_by",
)
# Of older days each question takes a few milliseconds when a reader comes there.
MOST_DAYS = 200


def prefetch_in_background(release: Release) -> Thread:
    """Starts to fill the cache of the release, day by day from the newest; moving the day then asks nothing anew."""
    thread = Thread(target=prefetch, args=(release,), daemon=True, name="prefetch")
    thread.start()
    return thread


def prefetch(release: Release) -> int:
    """Fills the cache; returns the days that were answered."""
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
