"""What the layers of the server share: types of ASGI, reading headers and cookies, sending a refusal."""

from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.responses import JSONResponse

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def header(scope: Scope, name: bytes) -> str:
    """What the first header of a name, given in small letters, holds; empty when it was not sent."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def cookies(scope: Scope) -> dict[str, str]:
    """Cookies of the request by name; none when they cannot be read."""
    sent = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(sent).items()}
    except CookieError:
        return {}


async def refuse(status: int, sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Answers a request, or a websocket before it is accepted, with a status and one sentence."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await JSONResponse({"error": sentence}, status_code=status, headers={"Cache-Control": "no-store"})(
        scope, receive, send
    )
