"""Open connections: counted by address, and closed when they wait, send or read too slowly."""

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
    """An open connection: its address and protocol, and what its write buffer held when it last shrank."""

    address: str
    protocol: Any
    unread: int = 0
    unread_since: float = 0.0


class Connections:
    """The connections of this process. `trusted` are networks of proxies, which connect for many readers."""

    def __init__(self) -> None:
        self.trusted: tuple[limits.Network, ...] = ()
        self._open: dict[asyncio.BaseTransport, Connection] = {}
        self._by_address: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, transport: asyncio.BaseTransport, protocol: Any, host: str) -> bool:
        """Counts a connection in; False when its address has reached the limit, or all places are taken."""
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
        """Records that a connection became a websocket."""
        if transport in self._open:
            self._open[transport].protocol = protocol

    def leave(self, transport: asyncio.BaseTransport) -> None:
        """Counts a connection out; doing so twice is no error."""
        if connection := self._open.pop(transport, None):
            self._by_address[connection.address] -= 1
            if not self._by_address[connection.address]:
                del self._by_address[connection.address]

    def are_full(self) -> bool:
        """Whether only spare places are left."""
        return len(self._open) > most_connections()

    def sweep(self, now: float) -> int:
        """Closes connections that are overdue, and returns how many."""
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
    """How many connections are served: the limit, or fewer where this process may open too few descriptors."""
    affordable = (limits.descriptors() - limits.SPARE_DESCRIPTORS) // limits.DESCRIPTORS_PER_SOCKET
    return max(1, min(limits.CONNECTIONS_IN_ALL, affordable))


class Http(H11Protocol):
    """HTTP of uvicorn, counted, with time limits for headers, for bodies and for the rest of a refused body."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Starts to wait for headers, or closes a connection above the limit."""
        super().connection_made(transport)
        self._idle_since = time.monotonic()
        self._body_since = 0.0
        self._body_bytes = 0
        if not connections.admit(transport, self, self.client[0] if self.client else ""):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Counts the connection out."""
        connections.leave(self.transport)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Records how much of a body has arrived, and since when."""
        super().data_received(data)
        if self.conn.their_state is not h11.SEND_BODY:
            self._body_since, self._body_bytes = 0.0, 0
            return
        if not self._body_since:
            self._body_since = time.monotonic()
        self._body_bytes += len(data)

    def on_response_complete(self) -> None:
        """Starts to wait for the next headers, or for the end of a refused body."""
        self._idle_since = time.monotonic()
        super().on_response_complete()

    def is_overdue(self, now: float) -> bool:
        """Whether headers, a body or the rest of a refused body are overdue."""
        is_answered = self.cycle is None or self.cycle.response_complete
        if self.conn.their_state is h11.SEND_BODY:
            if is_answered:
                return now - self._idle_since > limits.LINGER_SECONDS
            waited = now - self._body_since if self._body_since else 0.0
            return waited > limits.SLOW_AFTER_SECONDS and self._body_bytes < waited * limits.SLOWEST_BYTES_PER_SECOND
        return is_answered and now - self._idle_since > limits.HEAD_SECONDS


class WebSocket(WebSocketsSansIOProtocol):
    """Websockets of uvicorn, counted, with limits for fragments and for pongs that nobody reads."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Takes over from the HTTP connection."""
        super().connection_made(transport)
        self.close_timeout = limits.LINGER_SECONDS  # for the closing frame of the other side
        self._since = time.monotonic()
        connections.upgrade(transport, self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Counts the connection out."""
        connections.leave(self.transport)
        super().connection_lost(exc)

    def handle_cont(self, event: Any) -> None:
        """Collects fragments. A limit of bytes alone would allow empty fragments without end."""
        if len(self.frames) > limits.MOST_FRAGMENTS:
            self.transport.abort()
            return
        super().handle_cont(event)

    def handle_ping(self) -> None:
        """Answers, unless earlier answers were not read: they would fill the memory."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def is_overdue(self, now: float) -> bool:
        """Whether the handshake is overdue. Later the first message has a limit of its own, and pings find the dead."""
        return not self.handshake_complete and now - self._since > limits.HEAD_SECONDS


def _is_unread(transport: asyncio.BaseTransport, connection: Connection, now: float) -> bool:
    size = transport.get_write_buffer_size()  # type: ignore[attr-defined]
    if not size or size > connection.unread or size <= connection.unread - limits.LEAST_READ:
        connection.unread, connection.unread_since = size, now
        return False
    return now - connection.unread_since > limits.UNREAD_SECONDS
