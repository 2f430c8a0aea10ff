"""What the server itself keeps of a visit, in front of Streamlit: a signed cookie, and the way back after a login."""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from dashboard.refusals import Refusal
from dashboard.server.asgi import App, Message, Receive, Scope, Send, cookies

VISIT, WAY_BACK = "coalition_visit", "coalition_return"
LOGIN, CALLBACK = "/auth/login", "/oauth2callback"
# The page asks for it before each websocket, so after a restart of the server it gets a new cookie here.
HEALTH = "/_stcore/health"
WAY_BACK_SECONDS = 900
LONGEST_WAY = 2_000
# Of this process: after a restart every browser is given a new cookie.
_SECRET = secrets.token_bytes(32)


class AddressRefused(Refusal):
    """The app would be reachable by others although nobody has to sign in."""


class Visits:
    """Gives each browser a signed cookie, by which its uploads and downloads are recognised as its own.

    A login begins at `/auth/login` and ends at `/`, so the page and filters that were asked for are kept for the way
    back.
    """

    def __init__(self, app: App, is_secure: bool) -> None:
        self.app = app
        self.is_secure = is_secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with its cookies seen to."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = str(scope["path"])
        is_known = bool(visit_of(scope))

        async def with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [self._secured_cookie(header) for header in message.get("headers", [])]
                if not is_known and (path == HEALTH or _is_page(headers)):
                    headers.append(self._cookie(VISIT, new_visit(), None))
                if path.endswith(LOGIN) and (way := way_back(scope)):
                    headers.append(self._cookie(WAY_BACK, way, WAY_BACK_SECONDS))
                if path.endswith(CALLBACK) and (way := cookies(scope).get(WAY_BACK, "")) and is_own_path(way):
                    headers = [(b"location", way.encode()) if name == b"location" else (name, v) for name, v in headers]
                    headers.append(self._cookie(WAY_BACK, "", 0))
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, with_cookies)

    def _secured_cookie(self, header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        """Behind TLS no cookie, Streamlit's neither, ever travels without it."""
        name, value = header
        if self.is_secure and name.lower() == b"set-cookie" and b"; secure" not in value.lower():
            return name, value + b"; Secure"
        return header

    def _cookie(self, name: str, value: str, seconds: int | None) -> tuple[bytes, bytes]:
        until = "" if seconds is None else f"; Max-Age={seconds}"
        secure = "; Secure" if self.is_secure else ""
        return b"set-cookie", f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{until}{secure}".encode()


def new_visit() -> str:
    """The value of a new signed cookie."""
    name = secrets.token_hex(16)
    return f"{name}.{_signature(name)}"


def visit_of(scope: Scope) -> str:
    """The browser by its signed cookie; empty without a valid one."""
    name, _, signature = cookies(scope).get(VISIT, "").partition(".")
    return name if name and hmac.compare_digest(signature.encode(), _signature(name).encode()) else ""


def way_back(scope: Scope) -> str:
    """Path and filters of the page from which a login began, as the browser reports; empty where it does not."""
    for name, value in scope["headers"]:
        if name == b"referer":
            url = urlsplit(value.decode("latin-1"))
            way = url.path + (f"?{url.query}" if url.query else "")
            return way if is_own_path(way) else ""
    return ""


def is_own_path(way: str) -> bool:
    """Whether an address leads to a page of ours and nowhere else."""
    plain = way.isascii() and way.isprintable() and len(way) <= LONGEST_WAY and not set(way) & set('\\;, "')
    return plain and way.startswith("/") and not way.startswith("//")


def _is_page(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers)


def _signature(name: str) -> str:
    return hmac.new(_SECRET, name.encode(), hashlib.sha256).hexdigest()
