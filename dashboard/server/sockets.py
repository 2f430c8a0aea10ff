"""Websockets before Streamlit sees them: limits, a first word, no message that changes the server, no path told."""

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
from dashboard.server.sessions import Sessions, admitted, is_open, let_uploads_go
from dashboard.server.visits import visit_of

# What a page needs. Left out: clearing everybody's cache, git's state of this folder, writing files into it, debugging.
TAKEN = frozenset({"rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request"})
OPERATIONS = frozenset({"deferred_file", "dataframe_chunk"})
STREAM = "/_stcore/stream"
RESUMED = 2  # where the name of an earlier session stands among the subprotocols
FILE = re.compile(rb"/media/([0-9a-f]{16,128})")
PROTOCOL_ERROR, UNSUPPORTED, POLICY_VIOLATION = 1002, 1003, 1008

log = logging.getLogger("coalition")


class Sockets:
    """Limits websockets by address and browser, and reads along what they say.

    A socket is accepted here and handed to Streamlit with its first message: until it speaks it costs one descriptor
    and no session.
    """

    def __init__(self, app: App, sessions: Sessions, room: Room, script: Path) -> None:
        self.app = app
        self.sessions = sessions
        self.room = room
        self._script = str(script).encode()
        # Streamlit's page loads anew when this changes: so it changes with the page, and names no version.
        self._version = hashlib.sha256((STREAMLIT / "index.html").read_bytes()).hexdigest()[:12]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a websocket that there is room for; hands all else on."""
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
        asked = scope.get("subprotocols") or [""]
        if len(asked) > RESUMED and not self.sessions.is_of(asked[RESUMED], visit):
            # A session is taken up again by the browser that began it, by no other that knows its name.
            kept = ", ".join(asked[:RESUMED]).encode("latin-1")
            scope["headers"] = [(n, kept if n == b"sec-websocket-protocol" else v) for n, v in scope["headers"]]
        await send({"type": "websocket.accept", "subprotocol": asked[0] or None})
        try:
            first = await asyncio.wait_for(receive(), limits.SPEAK_SECONDS)
        except TimeoutError:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "Nothing was asked for."})
            return
        if first["type"] != "websocket.receive":
            return
        waiting = deque([connect, first])
        talk = _Talk(self.sessions, visit)

        async def hang_up(code: int) -> Message:
            log.warning('{"event": "socket_closed", "code": %d}', code)
            talk.is_over = True
            await send({"type": "websocket.close", "code": code})
            return {"type": "websocket.disconnect", "code": code}

        async def hear() -> Message:
            while True:
                message = waiting.popleft() if waiting else await receive()
                if message["type"] != "websocket.receive":
                    return message
                if message.get("bytes") is None:
                    return await hang_up(UNSUPPORTED)
                if not talk.is_calm():
                    return await hang_up(POLICY_VIOLATION)
                try:
                    if talk.is_taken(message["bytes"]):
                        return message
                except DecodeError:
                    return await hang_up(PROTOCOL_ERROR)

        async def tell(message: Message) -> None:
            if message["type"] == "websocket.accept" or talk.is_over:
                return
            if body := message.get("bytes"):
                message["bytes"] = self._without_path(body, talk)
            try:
                await send(message)
            except RuntimeError:  # uvicorn hung up on what it was sent, and takes no more
                talk.is_over = True

        try:
            await self.app(scope, hear, tell)
        finally:
            if talk.session and not is_open(talk.session):
                let_uploads_go(talk.session)
            wait = float(config.get_option("server.disconnectedSessionTTL"))
            asyncio.get_running_loop().call_later(wait + 1, self.sessions.forget_gone)

    def _without_path(self, body: bytes, talk: "_Talk") -> bytes:
        """The message without what it says of this machine; notes the session and the files it tells of."""
        if self._script in body:
            said = ForwardMsg()
            said.ParseFromString(body)
            if said.WhichOneof("type") == "new_session":
                talk.begin(said.new_session.initialize.session_id)
                said.new_session.main_script_path = ""
                said.new_session.initialize.user_info.Clear()
                said.new_session.initialize.user_info.SetInParent()
                said.new_session.initialize.environment_info.Clear()
                said.new_session.initialize.environment_info.streamlit_version = self._version
                body = said.SerializeToString()
        if b"/media/" in body:
            talk.give([found.decode() for found in FILE.findall(body)])
        return body


class _Talk:
    """One socket: its session once that has begun, and how fast it speaks."""

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

    def is_calm(self) -> bool:
        now = time.monotonic()
        regained = (now - self._at) * limits.MESSAGES_PER_SECOND
        self._left, self._at = min(self._left + regained, limits.MESSAGES_AT_ONCE), now
        self._left -= 1
        return self._left >= 0

    def is_taken(self, body: bytes) -> bool:
        """Whether a message is one that a page sends.

        Raises:
            DecodeError: it cannot be read.
        """
        said = BackMsg()
        said.ParseFromString(body)
        kind = said.WhichOneof("type")
        if kind == "backend_operation_request":
            # A file or rows that were promised are fetched without a rerun: so the gate is asked here.
            wanted = {name.name for name, _ in said.backend_operation_request.ListFields()}
            return (
                bool(wanted & OPERATIONS)
                and not wanted - OPERATIONS - {"request_id", "session_id"}
                and bool(admitted(self.session))
            )
        return kind in TAKEN
