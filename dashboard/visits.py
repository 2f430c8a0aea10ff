"""What the server itself keeps of a visit, in front of Streamlit: a signed cookie, and the way back after a login."""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from dashboard.refusals import Refusal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

VISIT, WAY_BACK = "coalition_visit", "coalition_return"
MEDIA, LOGIN, CALLBACK = "/media/", "/auth/login", "/oauth2callback"
WAY_BACK_SECONDS = 900
LONGEST_WAY = 2_000


class AddressRefused(Refusal):
    """The app would be reachable by others although nobody has to sign in."""


class Visits:
    """Gives each browser a signed cookie, and files made for pages only to browsers that have one.

    Streamlit answers `/media/…` to whoever knows the address. A login begins at `/auth/login` and ends at `/`, so the
    page and filters that were asked for are kept for the way back.
    """

    def __init__(self, app: App, is_secure: bool) -> None:
        self.app = app
        self.is_secure = is_secure
        # Of this process: after a restart a page is loaded anew anyway.
        self._secret = secrets.token_bytes(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with its cookies seen to."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, cookies = str(scope["path"]), _cookies(scope)
        is_known = self._is_ours(cookies.get(VISIT, ""))
        if MEDIA in path and not is_known:
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"not here"})
            return

        async def with_cookies(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [self._closed(header) for header in message.get("headers", [])]
                if not is_known and _is_page(headers):
                    headers.append(self._cookie(VISIT, self._new(), None))
                if path.endswith(LOGIN) and (way := way_back(scope)):
                    headers.append(self._cookie(WAY_BACK, way, WAY_BACK_SECONDS))
                if path.endswith(CALLBACK) and (way := cookies.get(WAY_BACK, "")) and is_own_path(way):
                    headers = [(b"location", way.encode()) if name == b"location" else (name, v) for name, v in headers]
                    headers.append(self._cookie(WAY_BACK, "", 0))
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, with_cookies)

    def _closed(self, header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        """Behind TLS no cookie, Streamlit's neither, ever travels without it."""
        name, value = header
        if self.is_secure and name.lower() == b"set-cookie" and b"secure" not in value.lower():
            return name, value + b"; Secure"
        return header

    def _cookie(self, name: str, value: str, seconds: int | None) -> tuple[bytes, bytes]:
        until = "" if seconds is None else f"; Max-Age={seconds}"
        secure = "; Secure" if self.is_secure else ""
        return b"set-cookie", f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{until}{secure}".encode()

    def _new(self) -> str:
        name = secrets.token_hex(16)
        return f"{name}.{self._signature(name)}"

    def _is_ours(self, cookie: str) -> bool:
        name, _, signature = cookie.partition(".")
        return hmac.compare_digest(signature.encode(), self._signature(name).encode())

    def _signature(self, name: str) -> str:
        return hmac.new(self._secret, name.encode(), hashlib.sha256).hexdigest()


def way_back(scope: Scope) -> str:
    """Path and filters of the page from which a login began, as the browser tells; empty where it does not."""
    for name, value in scope["headers"]:
        if name == b"referer":
            parts = urlsplit(value.decode("latin-1"))
            way = parts.path + (f"?{parts.query}" if parts.query else "")
            return way if is_own_path(way) else ""
    return ""


def is_own_path(way: str) -> bool:
    """Whether an address leads to a page of ours and nowhere else."""
    plain = way.isascii() and way.isprintable() and len(way) <= LONGEST_WAY and not set(way) & set('\\;, "')
    return plain and way.startswith("/") and not way.startswith("//")


def _is_page(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers)


def _cookies(scope: Scope) -> dict[str, str]:
    sent = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(sent).items()}
    except CookieError:
        return {}
