"""Spares each rerun of a page what Streamlit does again and need not: its settings, and one call for each element."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from inspect import unwrap
from typing import Any

from google.protobuf.message import Message
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.runtime import Runtime
from streamlit.runtime.scriptrunner import ScriptRunner, ScriptRunnerEvent

# How long elements of a rerun are gathered before they are handed over together; Streamlit sends every 10 ms.
GATHER_SECONDS = 0.01
GATHERED = "_gathered"  # the attribute of a session


class Gathered:
    """Calls of a script's thread on the event loop, made in order, those of a few milliseconds together.

    One call for each element wakes the loop each time, which then takes turns with the script that draws the next.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Callable[[], None]] = deque()
        self._is_due = False

    def add(self, call: Callable[[], None], at_once: bool) -> None:
        """Has a call made after those that wait, from any thread; they are made at once, or soon."""
        self._waiting.append(call)
        with suppress(RuntimeError):  # the loop is closed: there is nobody left to send an element to
            if at_once:
                self._loop.call_soon_threadsafe(self._call)
            elif not self._is_due:
                self._is_due = True
                self._loop.call_soon_threadsafe(self._loop.call_later, GATHER_SECONDS, self._call)

    def _call(self) -> None:
        self._is_due = False
        try:
            while self._waiting:
                self._waiting.popleft()()
        finally:
            if self._waiting:  # one of them failed: the others are made all the same
                self._loop.call_soon(self._call)


def spare_reruns() -> None:
    """Has Streamlit, in this process, gather the elements of a rerun and read settings for the browser once."""
    AppSession._on_scriptrunner_event = _on_event  # type: ignore[assignment, method-assign]
    Runtime._enqueued_some_message = _enqueued  # type: ignore[method-assign]
    for name in ("_populate_theme_msg", "_populate_config_msg"):
        setattr(app_session, name, filled_once(unwrap(getattr(app_session, name))))


def filled_once(fill: Callable[..., None]) -> Callable[..., None]:
    """A function that fills a message from settings, which stay as they are while the server runs: it reads them once.

    Its other arguments tell what it fills apart.
    """
    kept: dict[tuple[Any, ...], Message] = {}

    @wraps(fill)
    def filled(message: Message, *args: Any) -> None:
        if args not in kept:
            made = type(message)()
            fill(made, *args)
            kept[args] = made
        if kept[args].ByteSize():  # else what holds the message would hold an empty one
            message.MergeFrom(kept[args])

    return filled


def _on_event(self: AppSession, sender: ScriptRunner | None, event: ScriptRunnerEvent, **of_event: Any) -> None:
    """In place of `AppSession._on_scriptrunner_event`, which has the loop called for each event."""
    gathered = self.__dict__.get(GATHERED) or self.__dict__.setdefault(GATHERED, Gathered(self._event_loop))
    gathered.add(
        lambda: self._handle_scriptrunner_event_on_event_loop(sender, event, **of_event),
        at_once=event != ScriptRunnerEvent.ENQUEUE_FORWARD_MSG,
    )


def _enqueued(self: Runtime) -> None:
    """In place of `Runtime._enqueued_some_message`, which wakes the loop even from within it."""
    objects = self._get_async_objs()
    try:
        is_within = asyncio.get_running_loop() is objects.eventloop
    except RuntimeError:
        is_within = False
    if is_within:
        objects.need_send_data.set()
    else:
        objects.eventloop.call_soon_threadsafe(objects.need_send_data.set)
