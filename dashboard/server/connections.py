"""Who is connected: counted by address, and closed when nothing comes, too little comes, or nobody reads the answer."""

import asyncio
import contextlib
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from dashboard.server import limits

SWEEP_SECONDS = 1.0


@dataclass
class Connection:
    """One open connection: whose, in which protocol, and what its write buffer held when it last shrank."""

    address: str
    protocol: Any
    unread: int = 0
    unread_since: float = 0.0


class Connections:
    """The connections of this process. `trusted` are the addresses of proxies, which stand for many readers."""

    def __init__(self) -> None:
        self.trusted: tuple[limits.Network, ...] = ()
        self._open: dict[asyncio.BaseTransport, Connection] = {}
        self._by_address: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, transport: asyncio.BaseTransport, protocol: Any, host: str) -> bool:
        """Counts a connection in; False when its address has its share, or no more can be answered at all."""
        address = limits.address_of(host)
        is_crowd = (
            not limits.is_within(host, self.trusted) and self._by_address[address] >= limits.CONNECTIONS_PER_ADDRESS
        )
        if is_crowd or len(self._open) >= most_connections() + limits.SPARE_CONNECTIONS:
            return False
        self._open[transport] = Connection(address, protocol)
        self._by_address[address] += 1
        return True

    def upgrade(self, transport: asyncio.BaseTransport, protocol: Any) -> None:
        """Notes that a connection became a websocket."""
        if transport in self._open:
            self._open[transport].protocol = protocol

    def leave(self, transport: asyncio.BaseTransport) -> None:
        """Counts a connection out; twice is no error."""
        if connection := self._open.pop(transport, None):
            self._by_address[connection.address] -= 1
            if not self._by_address[connection.address]:
                del self._by_address[connection.address]

    def are_full(self) -> bool:
        """Whether only the spare places are left."""
        return len(self._open) > most_connections()

    def sweep(self, now: float) -> int:
        """Ends what is overdue, and returns how many that were."""
        ended = 0
        for transport, connection in list(self._open.items()):
            if connection.protocol.is_overdue(now) or _is_unread(transport, connection, now):
                transport.abort()  # type: ignore[attr-defined]
                ended += 1
        return ended

    @contextlib.asynccontextmanager
    async def watched(self) -> Any:
        """Sweeps every second as long as the server runs."""

        async def watch() -> None:
            while True:
                await asyncio.sleep(SWEEP_SECONDS)
                self.sweep(time.monotonic())

        task = asyncio.create_task(watch(), name="sweep of connections")
        try:
            yield
        finally:
            task.cancel()


connections = Connections()


def most_connections() -> int:
    """How many connections can be answered: by the limit, or by what descriptors there are."""
    affordable = (limits.descriptors() - limits.SPARE_DESCRIPTORS) // limits.DESCRIPTORS_PER_SOCKET
    return max(1, min(limits.CONNECTIONS_IN_ALL, affordable))


class Http(H11Protocol):
    """HTTP of uvicorn, counted, and with an end to waiting: for headers, for a body, for the rest of a refused one."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for headers, or hangs up on one too many."""
        super().connection_made(transport)
        self._idle_since = time.monotonic()
        self._body_since = 0.0
        self._body_bytes = 0
        if not connections.admit(transport, self, self.client[0] if self.client else ""):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Gives the place back."""
        connections.leave(self.transport)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Takes note of how much of a body has come, and since when."""
        super().data_received(data)
        if self.conn.their_state is not h11.SEND_BODY:
            self._body_since, self._body_bytes = 0.0, 0
            return
        if not self._body_since:
            self._body_since = time.monotonic()
        self._body_bytes += len(data)

    def on_response_complete(self) -> None:
        """Begins to wait for the next headers, or for the end of a body that nobody wants."""
        self._idle_since = time.monotonic()
        super().on_response_complete()

    def is_overdue(self, now: float) -> bool:
        """Whether headers, a body, or the rest of a refused body have been waited for long enough."""
        is_answered = self.cycle is None or self.cycle.response_complete
        if self.conn.their_state is h11.SEND_BODY:
            if is_answered:
                return now - self._idle_since > limits.LINGER_SECONDS
            waited = now - self._body_since if self._body_since else 0.0
            return waited > limits.SLOW_AFTER_SECONDS and self._body_bytes < waited * limits.SLOWEST_BYTES_PER_SECOND
        return is_answered and now - self._idle_since > limits.HEAD_SECONDS


class WebSocket(WebSocketsSansIOProtocol):
    """Websockets of uvicorn, counted; no endless fragments, and no pongs for one who does not read."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Takes over the place of the HTTP connection."""
        super().connection_made(transport)
        self.close_timeout = limits.LINGER_SECONDS  # until the other side says goodbye, too
        self._since = time.monotonic()
        connections.upgrade(transport, self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Gives the place back."""
        connections.leave(self.transport)
        super().connection_lost(exc)

    def handle_cont(self, event: Any) -> None:
        """Joins fragments; of empty ones no limit of bytes would ever end."""
        if len(self.frames) > limits.MOST_FRAGMENTS:
            self.transport.abort()
            return
        super().handle_cont(event)

    def handle_ping(self) -> None:
        """Answers, unless the answers before were not read: they would pile up here."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def is_overdue(self, now: float) -> bool:
        """Whether a handshake stands unfinished; after it the ASGI layer and the pings keep the time."""
        return not self.handshake_complete and now - self._since > limits.HEAD_SECONDS


def _is_unread(transport: asyncio.BaseTransport, connection: Connection, now: float) -> bool:
    size = transport.get_write_buffer_size()  # type: ignore[attr-defined]
    if not size or size > connection.unread or size <= connection.unread - limits.LEAST_READ:
        connection.unread, connection.unread_since = size, now
        return False
    return now - connection.unread_since > limits.UNREAD_SECONDS
