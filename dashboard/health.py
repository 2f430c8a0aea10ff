"""What each viewer may see of how fresh the sources are: the only door to it for pages, and for who asks unnamed.

Stewards see all. A partner sees its own streams, and of its files the account of those that hold nobody else's rows;
a file with rows of others states nothing but its day. Of the rest a partner, the coalition and the public see what
publishers publish: the newest day, and whether it is late. Rows of files about people are exact counts of learners.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dashboard.access.viewer import EVERYBODY, PARTNER_AUDIENCE, Viewer
from dashboard.store.health import (
    AHEAD,
    DEMONSTRATION,
    DUE,
    FRESHNESS,
    OVERDUE,
    STOPPED,
    Capture,
    Health,
    StreamHealth,
    Trouble,
    freshness,
    is_by_sender,
    overdue_from,
    urgency,
)
from dashboard.store.releases import Release
from dashboard.warehouse.catalog import SourceCard, sources


@dataclass(frozen=True)
class Mark:
    """How fresh a source of a release is: `late` of its `streams` are, `since` is the day from which the oldest is.

    A source as a whole is one stream. `captured_on` is the newest day of any of them.
    """

    source: str
    freshness: str
    captured_on: datetime.date
    since: datetime.date | None
    late: int
    streams: int


def is_open(card: SourceCard) -> bool:
    """Whether anybody may know how fresh a source is: a publisher's own record, in which are no people."""
    return card.provenance == "published" and not card.people


def seen_by(viewer: Viewer, state: Health) -> Health:
    """What a viewer may see of it."""
    if viewer.is_steward:
        return state
    streams = [seen for stream in state.streams if (seen := _visible_stream(viewer, stream))]
    known = {stream.source for stream in streams}
    # Which file it is, and what is wrong with it, is for stewards.
    troubles = dict.fromkeys(Trouble(trouble.source, "") for trouble in state.troubles if trouble.source in known)
    return Health(tuple(sorted(streams, key=urgency)), tuple(troubles))


def marks(viewer: Viewer, release: Release, names: Iterable[str], today: datetime.date) -> tuple[Mark, ...]:
    """How fresh the sources of a release are, as far as a viewer may know; demonstrations and endless records are none.

    The most urgent come first.
    """
    pins = release.manifest["snapshots"]
    marks_of_sources = [
        mark for name in dict.fromkeys(names) if (mark := _mark(viewer, sources()[name], pins.get(name, ()), today))
    ]
    return tuple(
        sorted(marks_of_sources, key=lambda mark: (FRESHNESS.index(mark.freshness), mark.captured_on, mark.source))
    )


def overdue(release: Release, today: datetime.date) -> list[str]:
    """Sources that are overdue in a release, by name: those of which anybody may know."""
    return [mark.source for mark in marks(EVERYBODY, release, sources(), today) if mark.freshness == OVERDUE]


def _visible_stream(viewer: Viewer, stream: StreamHealth) -> StreamHealth | None:
    card = sources()[stream.source]
    if _is_own(viewer, card, stream.stream):
        return replace(
            stream,
            captures=tuple(_visible_capture(viewer, card, capture, stream.stream) for capture in stream.captures),
            fetch=None,
            waiting=tuple(replace(wait, who="") for wait in stream.waiting if wait.partners == {viewer.partner_id}),
        )
    if not is_open(card):
        return None
    newest = tuple(
        replace(capture, name="", imported_at="", account=None, sent_by=()) for capture in stream.captures[-1:]
    )
    return replace(stream, captures=newest, rows=None, fetch=None, waiting=())


def _visible_capture(viewer: Viewer, card: SourceCard, capture: Capture, stream: str) -> Capture:
    """A partner's capture: as it is where all of its file is the partner's own, else no more than its day."""
    if all(_is_own(viewer, card, other) for other in capture.streams):
        return replace(capture, sent_by=())
    return replace(capture, name="", streams=frozenset({stream}), account=None, sent_by=())


def _is_own(viewer: Viewer, card: SourceCard, stream: str) -> bool:
    is_partner = viewer.audience == PARTNER_AUDIENCE and bool(stream)
    return is_partner and is_by_sender(card) and stream.partition("/")[0] == viewer.partner_id


def _mark(viewer: Viewer, card: SourceCard, pins: Iterable[dict], today: datetime.date) -> Mark | None:
    newest: dict[str, tuple[datetime.date, str]] = {}
    for pin in pins:
        captured_on = datetime.date.fromisoformat(pin["captured_on"])
        for stream in pin.get("streams", ()) if is_by_sender(card) else [""]:
            if viewer.is_steward or is_open(card) or _is_own(viewer, card, stream):
                newest[stream] = max(newest.get(stream, (captured_on, "")), (captured_on, pin["provenance"]))
    if not card.every_days or not newest:
        return None
    states = {
        stream: freshness(captured_on, provenance, card.every_days, today, bool(stream))
        for stream, (captured_on, provenance) in newest.items()
    }
    states = {stream: state for stream, state in states.items() if state not in (DEMONSTRATION, STOPPED)}
    if not states:
        return None
    worst = min(states.values(), key=FRESHNESS.index)
    late = {stream: newest[stream][0] for stream, state in states.items() if state == worst}
    since = None
    if worst == OVERDUE:
        since = overdue_from(min(late.values()), card.every_days)
    elif worst == DUE:
        since = min(late.values()) + datetime.timedelta(card.every_days)
    return Mark(
        source=card.name,
        freshness=worst,
        captured_on=max(newest[stream][0] for stream in states),
        since=since,
        late=len(late) if worst in (OVERDUE, DUE, AHEAD) else 0,
        streams=len(states),
    )
