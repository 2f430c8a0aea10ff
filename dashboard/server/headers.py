"""Closed paths, hosts that are not ours, and the headers of every answer."""

import base64
import hashlib
import hmac
import logging
import re
from functools import cache
from urllib.parse import parse_qs, urlsplit

from dashboard.menu import EMBEDDABLE, first_page
from dashboard.refusals import Refusal
from dashboard.server import limits
from dashboard.server.ahead import CONNECTS_AT_ONCE, states_width
from dashboard.server.asgi import App, Message, Receive, Scope, Send, header, refuse
from dashboard.server.packed import STREAMLIT
from dashboard.settings import EMBED_VARIABLE, embed_hosts, metrics_token, public_url

OUR_NAMES = {"127.0.0.1", "localhost", "[::1]"}
CLOSED_PATHS = ("/_stcore/metrics", "/_stcore/agent")
# A site as browsers name it: scheme, name, perhaps a port; no path, no star. Without TLS this machine alone.
SITE = re.compile(
    r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?|http://(?:127\.0\.0\.1|localhost):[0-9]{1,5}"
)
FRAMES = b"x-frame-options"
HOST = re.compile(r"(?P<name>[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?", re.IGNORECASE)

log = logging.getLogger("coalition")


class SitesWrong(Refusal):
    """The sites that may show pages in a frame are not named as browsers name them."""


class Doors:
    """Adds the security headers to every answer and shuts Streamlit's public metrics and agent routes."""

    def __init__(self, app: App) -> None:
        self.app = app
        strict = [(b"strict-transport-security", b"max-age=31536000")] if public_url().startswith("https://") else []
        self.headers = [
            *strict,
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (FRAMES, b"SAMEORIGIN"),
        ]
        self.sites = sites_that_may_embed()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, unless its path is shut or it was meant for another host."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if _is_endless(scope):
            await self._refuse(431, scope, receive, send)
            return
        if not meant_for_us(scope) and not (scope["path"] == "/metrics" and has_metrics_token(scope)):
            # A name that was pointed at this machine by somebody else's page (DNS rebinding) reaches nobody here.
            await self._refuse(403, scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False
        headers = self._headers_of(scope)

        async def with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message.get("headers", []), *headers]
            await send(message)

        if any(door in str(scope["path"]) for door in CLOSED_PATHS):
            await self._refuse(404, scope, receive, send)
            return
        try:
            await self.app(scope, receive, with_headers)
        except Exception as error:  # noqa: BLE001 - the last one who can answer; told by class, never by content
            log.error('{"event": "server_error", "class": "%s"}', type(error).__name__)
            if not begun:
                await self._refuse(500, scope, receive, send)

    def _headers_of(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        sites = self.sites if is_for_a_frame(scope) else ()
        policy = content_security_policy(header(scope, b"host"), sites).encode()
        # The older header knows no single sites, so it would shut all of them out.
        headers = [pair for pair in self.headers if not (sites and pair[0] == FRAMES)]
        return [*headers, (b"content-security-policy", policy)]

    async def _refuse(self, status: int, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers_of(scope)]
            await send(message)

        await refuse(status, "not here", scope, receive, with_headers)


def sites_that_may_embed() -> tuple[str, ...]:
    """The sites that may show a page in a frame; none unless the operator names some.

    Raises:
        SitesWrong: one is no origin, so that a browser would understand something else by it.
    """
    wrong = [site for site in embed_hosts() if not SITE.fullmatch(site)]
    if wrong:
        raise SitesWrong(
            f"{EMBED_VARIABLE} names the sites that may show public pages in a frame: wanted are origins with commas "
            f"between, in small letters and without a path, such as https://www.example.org; found was "
            f"{', '.join(map(repr, wrong))}. Correct it, or unset it for none."
        )
    return embed_hosts()


def is_for_a_frame(scope: Scope) -> bool:
    """Whether a request asks for a page that may be shown inside another site, as such: `?embed=true`."""
    if scope["type"] != "http" or scope.get("method") != "GET":
        return False
    name = str(scope["path"]).strip("/")
    is_page = name in EMBEDDABLE or (name in ("", "start") and first_page(is_partner=False).name in EMBEDDABLE)
    query = parse_qs((scope.get("query_string") or b"").decode("latin-1"), keep_blank_values=True)
    return is_page and query.get("embed") == ["true"]


def content_security_policy(host: str, sites: tuple[str, ...] = ()) -> str:
    """Only this host may be asked for anything; the inline scripts of the page are allowed by their hashes.

    `sites` may show the page in a frame.

    The websocket is named as well: not every browser counts it as `'self'`.
    """
    scheme = "wss" if public_url().startswith("https://") and host == urlsplit(public_url()).netloc else "ws"
    socket = f" {scheme}://{host}" if HOST.fullmatch(host) else ""
    # wasm and eval: Streamlit's tables and plotly compile code; styles: both set them inline.
    return (
        "default-src 'self'; "
        f"script-src 'self' {_inline_scripts(states_width())} 'unsafe-eval' 'wasm-unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        f"connect-src 'self'{socket} data: blob:; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors " + " ".join(("'self'", *sites))
    )


def _is_endless(scope: Scope) -> bool:
    """Whether address and headers are too long. Uvicorn checks only those that arrive in several pieces."""
    size = len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
    return size + sum(len(name) + len(value) for name, value in scope["headers"]) > limits.LONGEST_HEAD


@cache
def _inline_scripts(of_width: str) -> str:
    page = (STREAMLIT / "index.html").read_text(encoding="utf-8")
    inline = [*re.findall(r"<script>(.*?)</script>", page, re.DOTALL), CONNECTS_AT_ONCE, of_width]
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in inline)


def meant_for_us(scope: Scope) -> bool:
    """Whether Host, and Origin where there is one, name this machine and port, or the public address."""
    host, origin = header(scope, b"host"), header(scope, b"origin")
    public = urlsplit(public_url())
    sent = HOST.fullmatch(host)
    if not sent or sent["name"].lower() not in OUR_NAMES | {in_address(public.hostname or "")}:
        return False
    return not origin or origin.partition("//")[2] in {host, public.netloc} - {""}


def has_metrics_token(scope: Scope) -> bool:
    """Whether a token for `/metrics` is set and sent: what collects metrics asks each process by its own address."""
    token, sent = metrics_token(), header(scope, b"authorization").encode("latin-1")
    return bool(token) and hmac.compare_digest(sent, f"Bearer {token}".encode())


def in_address(name: str) -> str:
    """The name of a host as it stands in an address: one of IPv6 in brackets."""
    return f"[{name}]" if ":" in name else name
