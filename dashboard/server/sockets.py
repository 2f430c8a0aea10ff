"""Websockets in front of Streamlit: limits, only the messages that a page sends, and no path or version sent back."""

import asyncio
import hashlib
import logging
import re
import time
from collections import deque
from pathlib import Path

from google.protobuf.message import DecodeError
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.server import limits
from dashboard.server.asgi import App, Message, Receive, Scope, Send, refuse
from dashboard.server.crowd import Room, add
from dashboard.server.packed import STREAMLIT
from dashboard.server.sessions import Sessions, admitted, free_uploads, is_open
from dashboard.server.visits import visit_of

# What a page sends. Not among them: clear the cache of all readers, state of the git folder, install files, debugging.
ACCEPTED = frozenset({"rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request"})
OPERATIONS = frozenset({"deferred_file", "dataframe_chunk"})
STREAM = "/_stcore/stream"
RESUMED = 2  # position of an earlier session's id among the subprotocols
MEDIA_FILE = re.compile(rb"/media/([0-9a-f]{16,128})")
PROTOCOL_ERROR, UNSUPPORTED, POLICY_VIOLATION = 1002, 1003, 1008

log = logging.getLogger("coalition")


class Sockets:
    """Limits websockets by address and browser, and filters their messages in both directions.

    A websocket is accepted here and passed to Streamlit with its first message: until then it costs one descriptor and
    no session.
    """

    def __init__(self, app: App, sessions: Sessions, room: Room, script: Path) -> None:
        self.app = app
        self.sessions = sessions
        self.room = room
        self._script = str(script).encode()
        # Streamlit's page reloads when its version changes: a digest of the page changes with it and names no version.
        self._version = hashlib.sha256((STREAMLIT / "index.html").read_bytes()).hexdigest()[:12]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a websocket if there is room; passes other requests on."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        if scope["path"] != STREAM:
            await refuse(404, "", scope, receive, send)
            return
        address, visit = limits.address_of((scope.get("client") or ("",))[0]), visit_of(scope)
        if not self.room.has_socket_for(address, visit):
            await refuse(503, "", scope, receive, send)
            return
        counted = ((self.room.sockets, address), (self.room.browsers, visit))
        for counter, name in counted:
            add(counter, name, 1)
        try:
            await self._serve(scope, visit, receive, send)
        finally:
            for counter, name in counted:
                add(counter, name, -1)

    async def _serve(self, scope: Scope, visit: str, receive: Receive, send: Send) -> None:
        connect = await receive()
        if connect["type"] != "websocket.connect":
            return
        subprotocols = scope.get("subprotocols") or [""]
        if len(subprotocols) > RESUMED and not self.sessions.is_of(subprotocols[RESUMED], visit):
            # Only the browser that opened a session resumes it, not another that knows its id.
            kept = ", ".join(subprotocols[:RESUMED]).encode("latin-1")
            scope["headers"] = [(n, kept if n == b"sec-websocket-protocol" else v) for n, v in scope["headers"]]
        await send({"type": "websocket.accept", "subprotocol": subprotocols[0] or None})
        try:
            first = await asyncio.wait_for(receive(), limits.SPEAK_SECONDS)
        except TimeoutError:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "No message was received."})
            return
        if first["type"] != "websocket.receive":
            return
        pending = deque([connect, first])
        traffic = _Traffic(self.sessions, visit)

        async def hang_up(code: int) -> Message:
            log.warning('{"event": "socket_closed", "code": %d}', code)
            traffic.is_over = True
            await send({"type": "websocket.close", "code": code})
            return {"type": "websocket.disconnect", "code": code}

        async def receive_accepted() -> Message:
            while True:
                message = pending.popleft() if pending else await receive()
                if message["type"] != "websocket.receive":
                    return message
                if message.get("bytes") is None:
                    return await hang_up(UNSUPPORTED)
                if not traffic.is_within_rate():
                    return await hang_up(POLICY_VIOLATION)
                try:
                    if traffic.is_accepted(message["bytes"]):
                        return message
                except DecodeError:
                    return await hang_up(PROTOCOL_ERROR)

        async def send_redacted(message: Message) -> None:
            if message["type"] == "websocket.accept" or traffic.is_over:
                return
            if body := message.get("bytes"):
                message["bytes"] = self._redacted(body, traffic)
            try:
                await send(message)
            except RuntimeError:  # uvicorn closed the websocket because of what it received
                traffic.is_over = True

        try:
            await self.app(scope, receive_accepted, send_redacted)
        finally:
            if traffic.session and not is_open(traffic.session):
                free_uploads(traffic.session)
            wait = float(config.get_option("server.disconnectedSessionTTL"))
            asyncio.get_running_loop().call_later(wait + 1, self.sessions.forget_gone)

    def _redacted(self, body: bytes, traffic: "_Traffic") -> bytes:
        """The message without paths and versions of this machine; records the session and the files that it names."""
        if self._script in body:
            forward = ForwardMsg()
            forward.ParseFromString(body)
            if forward.WhichOneof("type") == "new_session":
                traffic.begin(forward.new_session.initialize.session_id)
                forward.new_session.main_script_path = ""
                forward.new_session.initialize.user_info.Clear()
                forward.new_session.initialize.user_info.SetInParent()
                forward.new_session.initialize.environment_info.Clear()
                forward.new_session.initialize.environment_info.streamlit_version = self._version
                body = forward.SerializeToString()
        if b"/media/" in body:
            traffic.give([name.decode() for name in MEDIA_FILE.findall(body)])
        return body


class _Traffic:
    """What one websocket carries: its session, once that has begun, and the rate of its messages."""

    def __init__(self, sessions: Sessions, visit: str) -> None:
        self.session = ""
        self.is_over = False
        self._sessions = sessions
        self._visit = visit
        self._early: list[str] = []
        self._left, self._at = float(limits.MESSAGES_AT_ONCE), time.monotonic()

    def begin(self, session_id: str) -> None:
        self.session = session_id
        self._sessions.open(session_id, self._visit)
        self.give(self._early)
        self._early = []

    def give(self, files: list[str]) -> None:
        if self.session:
            self._sessions.give(self.session, files)
        else:
            self._early += files

    def is_within_rate(self) -> bool:
        now = time.monotonic()
        regained = (now - self._at) * limits.MESSAGES_PER_SECOND
        self._left, self._at = min(self._left + regained, limits.MESSAGES_AT_ONCE), now
        self._left -= 1
        return self._left >= 0

    def is_accepted(self, body: bytes) -> bool:
        """Whether the message is one that a page sends.

        Raises:
            DecodeError: it cannot be read.
        """
        back = BackMsg()
        back.ParseFromString(body)
        kind = back.WhichOneof("type")
        if kind == "backend_operation_request":
            # Deferred files and rows are fetched without a rerun, so the gate is asked here.
            fields = {name.name for name, _ in back.backend_operation_request.ListFields()}
            return (
                bool(fields & OPERATIONS)
                and not fields - OPERATIONS - {"request_id", "session_id"}
                and bool(admitted(self.session))
            )
        return kind in ACCEPTED
