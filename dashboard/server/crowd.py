"""How many requests and websockets are served at once, by address, and whether another page could be opened."""

from collections import Counter

from streamlit.runtime import Runtime, RuntimeState

from dashboard.server import limits
from dashboard.server.asgi import App, Receive, Scope, Send, refuse
from dashboard.server.connections import connections

FOR_OPERATORS = ("/healthz", "/metrics")


class Room:
    """Requests under way and open websockets, by address and by browser."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.sockets: Counter[str] = Counter()
        self.browsers: Counter[str] = Counter()

    def has_socket_for(self, address: str, visit: str) -> bool:
        """Whether one more websocket of this address and browser is accepted."""
        return (
            self.sockets.total() < limits.SOCKETS_IN_ALL
            and self.sockets[address] < limits.SOCKETS_PER_ADDRESS
            and (not visit or self.browsers[visit] < limits.SOCKETS_PER_BROWSER)
        )

    def why_full(self) -> str:
        """Why a new reader could not open a page now; empty when they could."""
        if not Runtime.exists() or Runtime.instance().state in (
            RuntimeState.INITIAL,
            RuntimeState.STOPPING,
            RuntimeState.STOPPED,
        ):
            return "The server is starting or stopping. Try again in a minute."
        if self.sockets.total() >= limits.SOCKETS_IN_ALL:
            return (
                f"{self.sockets.total()} pages are open, the maximum. Wait until some are closed, or find out which "
                "addresses opened them."
            )
        if connections.are_full():
            return f"{len(connections)} connections are open, the maximum. Find out which addresses opened them."
        if (files := limits.open_descriptors()) > limits.descriptors() - limits.SPARE_DESCRIPTORS // 2:
            return (
                f"{files} of {limits.descriptors()} files and sockets are open. Raise LimitNOFILE of the service, or "
                "restart it."
            )
        return ""


class Crowd:
    """Refuses requests above the limits with one sentence, before any other work is done for them."""

    def __init__(self, app: App, room: Room) -> None:
        self.app = app
        self.room = room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on if there is room; those of operators always."""
        if scope["type"] != "http" or scope["path"] in FOR_OPERATORS:
            await self.app(scope, receive, send)
            return
        address = limits.address_of((scope.get("client") or ("",))[0])
        if connections.are_full() or self.room.requests[address] >= limits.REQUESTS_PER_ADDRESS:
            sentence = "Too many pages are being opened. Try again in a minute."
            await refuse(503, sentence, scope, receive, send)
            return
        add(self.room.requests, address, 1)
        try:
            await self.app(scope, receive, send)
        finally:
            add(self.room.requests, address, -1)


def add(counted: Counter[str], name: str, more: int) -> None:
    """Adds to a count and forgets the name at zero."""
    counted[name] += more
    if not counted[name]:
        del counted[name]


room = Room()
