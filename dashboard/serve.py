"""Serves the dashboard on uvicorn: Streamlit's scripts packed, headers that close doors, the heap frozen."""

import base64
import contextlib
import datetime
import gzip
import hashlib
import importlib
import logging
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import brotli
import streamlit as st
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager

from dashboard.gate import LOOPBACK, login_is_configured, refuse_weak_login
from dashboard.settings import ADDRESS_VARIABLE, PROJECT, PUBLIC_URL_VARIABLE, public_url, secrets_file
from dashboard.store.protocol import StoreDamaged
from dashboard.store.releases import NothingPublished
from dashboard.visits import AddressRefused, Visits
from dashboard.warehouse.answers import ReleaseTooOld

HOST = "127.0.0.1"
OUR_NAMES = {"127.0.0.1", "localhost", "[::1]"}
STREAMLIT = Path(st.__file__).parent / "static"
MAPS = Path(__file__).parent / "static"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".svg": "image/svg+xml",
}
YEAR, WEEK = 31_536_000, 604_800
BROTLI_QUALITY = 9
WARM = (
    "pyarrow.pandas_compat",
    "babel.numbers",
    "openpyxl",
    "statsmodels.duration.survfunc",
    "statsmodels.stats.proportion",
    "dashboard.components.closures",
    "dashboard.components.cohorts",
    "dashboard.components.funnel",
    "dashboard.components.hubs",
    "dashboard.components.overview",
    "dashboard.components.programmes",
    "dashboard.components.reach",
    "dashboard.components.recognition",
    "dashboard.components.upload",
)
# Else the first visitor who follows a link to a page gets that file alone, without menu and without gate.
PagesManager.uses_pages_directory = False
CLOSED_PATHS = ("/_stcore/metrics", "/_stcore/agent")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger("coalition")


class Packed:
    """Answers Streamlit's scripts and the map files compressed; each is packed once, when first asked for or before."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves `/static/…` and `/app/static/…` itself, hands all else on."""
        path = str(scope.get("path", ""))
        file = None
        if scope["type"] == "http" and scope["method"] == "GET":
            file = _file_of(path)
        if file is None:
            await self.app(scope, receive, send)
            return
        asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
        encoding = _best_encoding(asked.get(b"accept-encoding", ""))
        body, tag = packed(file, encoding)
        lasting = f"public, max-age={YEAR}, immutable" if path.startswith("/static/") else f"public, max-age={WEEK}"
        headers = [(b"cache-control", lasting.encode()), (b"vary", b"Accept-Encoding"), (b"etag", tag.encode())]
        if tag in asked.get(b"if-none-match", ""):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        headers += [(b"content-type", TYPES[file.suffix].encode()), (b"content-length", str(len(body)).encode())]
        if encoding:
            headers.append((b"content-encoding", encoding.encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class Doors:
    """Adds the security headers to every answer and shuts Streamlit's public metrics and agent routes."""

    def __init__(self, app: App) -> None:
        self.app = app
        policy = content_security_policy()
        strict = [(b"strict-transport-security", b"max-age=31536000")] if public_url().startswith("https://") else []
        self.headers = [
            *strict,
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"x-frame-options", b"SAMEORIGIN"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, unless its path is shut or it was meant for another host."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if not _meant_for_us(scope):
            # A name that was pointed at this machine by somebody else's page (DNS rebinding) reaches nobody here.
            await self._refuse(403, scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message.get("headers", []), *self.headers]
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

    async def _refuse(self, status: int, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.headers]
            await send(message)

        await JSONResponse({"error": "not here"}, status_code=status)(scope, receive, with_headers)


def content_security_policy() -> str:
    """Only this host may be asked for anything; the one inline script of Streamlit's page is allowed by its hash."""
    page = (STREAMLIT / "index.html").read_text(encoding="utf-8")
    inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in inline)
    # wasm and eval: Streamlit's tables and plotly compile code; styles: both set them inline.
    return (
        "default-src 'self'; "
        f"script-src 'self' {hashes} 'unsafe-eval' 'wasm-unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self' ws: wss: data: blob:; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    )


@cache
def packed(file: Path, encoding: str) -> tuple[bytes, str]:
    """The body of a file in an encoding, and its entity tag."""
    raw = file.read_bytes()
    tag = f'"{hashlib.sha256(raw).hexdigest()[:20]}-{encoding or "raw"}"'
    if encoding == "br":
        return brotli.compress(raw, quality=BROTLI_QUALITY), tag
    return (gzip.compress(raw, 6, mtime=0) if encoding else raw), tag


def make_app() -> st.App:
    """The ASGI app; the Streamlit script is `dashboard/app.py`, as for `streamlit run`."""
    return st.App(
        str(Path(__file__).with_name("app.py")),
        lifespan=_lifespan,
        routes=[Route("/healthz", _health)],
        middleware=[
            Middleware(Doors),
            Middleware(Visits, is_secure=public_url().startswith("https://")),
            Middleware(Packed),
        ],
        on_script_error=_told,
    )


def serve(port: int) -> None:
    """Serves until interrupted: on this machine only, unless a login is configured and another address named.

    Raises:
        AddressRefused, LoginWrong, RosterWrong: others could come in whom nobody let in.
    """
    import uvicorn

    host = prepare()
    print(f"The dashboard is on {public_url() or f'http://{host}:{port}'} (stop it with Ctrl-C)", flush=True)
    uvicorn.run(make_app(), host=host, port=port, log_level="warning", access_log=False, ws_ping_interval=20)


def prepare() -> str:
    """The address to listen on: `COALITION_ADDRESS`, or this machine's own; when the login is as it must be.

    Raises:
        AddressRefused, LoginWrong, RosterWrong: others could come in whom nobody let in.
    """
    os.chdir(PROJECT)  # Streamlit reads .streamlit from here
    sys.argv = ["streamlit", "run"]
    if named := secrets_file():
        config.set_option("secrets.files", [str(named)])
    refuse_weak_login()
    wanted = os.environ.get(ADDRESS_VARIABLE, "") or HOST
    if not login_is_configured() and (wanted not in LOOPBACK or public_url()):
        raise AddressRefused(
            f"Without a login whoever reaches the dashboard is its steward, so it listens on {HOST} only; wanted was "
            f"{public_url() or wanted}. Configure a login as in .streamlit/secrets.toml.example, or unset "
            f"{ADDRESS_VARIABLE} and {PUBLIC_URL_VARIABLE}."
        )
    _welcome_the_public_address()
    return wanted


def _welcome_the_public_address() -> None:
    """Has Streamlit take visits that came by the public address. By default it would ask a third party for its own."""
    if host := urlsplit(public_url()).hostname:
        config.get_config_options()
        config.set_option("server.allowedHosts", [*config.get_option("server.allowedHosts"), host])
        config.set_option("browser.serverAddress", host)


def _meant_for_us(scope: Scope) -> bool:
    """Whether Host, and Origin where there is one, name this machine and port, or the public address."""
    asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
    host = asked.get(b"host", "")
    origin = asked.get(b"origin", "")
    names = OUR_NAMES | ({urlsplit(public_url()).hostname or ""} if public_url() else set())
    if not origin:
        return host.rsplit(":", 1)[0] in names
    return host.rsplit(":", 1)[0] in names and origin.split("//", 1)[-1] in {host, urlsplit(public_url()).netloc}


def _best_encoding(accepted: str) -> str:
    refused = {part.split(";")[0].strip() for part in accepted.split(",") if part.replace(" ", "").endswith(";q=0")}
    offered = {part.split(";")[0].strip() for part in accepted.split(",")} - refused
    return next((encoding for encoding in ("br", "gzip") if encoding in offered), "")


def _file_of(path: str) -> Path | None:
    for prefix, root in (("/static/", STREAMLIT / "static"), ("/app/static/", MAPS)):
        if path.startswith(prefix) and not path.endswith("/"):
            try:
                file = (root / path.removeprefix(prefix)).resolve()
                if file.is_relative_to(root) and file.suffix in TYPES and file.is_file():
                    return file
            except (ValueError, OSError):  # a NUL or an endless name: no file of ours
                return None
    return None


@contextlib.asynccontextmanager
async def _lifespan(app: st.App) -> AsyncIterator[None]:
    """Imports and packs what the first visitor would wait for, then freezes the heap.

    Streamlit collects garbage after every rerun; frozen objects are not walked (CPU per rerun 80-120 to 8-19 ms).
    """
    import plotly.graph_objects as go
    import plotly.io

    for name in WARM:
        importlib.import_module(name)

    from dashboard.components.figures import Drawn
    from dashboard.locales.numbers import day, people
    from dashboard.warehouse.catalog import questions
    from dashboard.warehouse.lineage import sources_of

    for name in questions():
        sources_of(name)
    Drawn({"layout": {}}).to_dict()
    people(10**9), day(datetime.date.today())

    from dashboard.prefetch import prefetch_in_background
    from dashboard.session import begin, keep_in_memory, on_new_release

    on_new_release(prefetch_in_background)
    with contextlib.suppress(NothingPublished, ReleaseTooOld, StoreDamaged):  # the page says so to whoever comes
        begin()
    plotly.io.to_json(go.Figure([go.Choropleth(z=[1], locations=["KEN"]), go.Scattergeo(), go.Bar(), go.Scatter()]))
    for file in [*(STREAMLIT / "static").rglob("*.js"), *MAPS.rglob("*json")]:
        if file.stat().st_size > 50_000:
            packed(file, "br")
    keep_in_memory()
    yield


async def _health(request: Any) -> JSONResponse:
    """Whether a release can be served: 200 with its number, or 503. Nothing else, since nobody signs in for it."""
    from dashboard.session import begin

    try:
        release, notice = begin()
    except (NothingPublished, ReleaseTooOld, StoreDamaged):
        return JSONResponse({"ok": False}, status_code=503)
    return JSONResponse({"ok": True, "release": release.number, "is_newest": not notice})


def _told(error: Exception) -> bool:
    """One line of class and reference for the operator, one sentence for the reader; never a row."""
    reference = os.urandom(4).hex()
    log.error('{"event": "page_error", "class": "%s", "reference": "%s"}', type(error).__name__, reference)
    st.error(f"This page cannot answer just now. Try again, or tell the operator the reference {reference}.")
    return True
