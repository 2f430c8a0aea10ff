"""Serves the dashboard on uvicorn: Streamlit's scripts packed, headers that close doors, the heap frozen."""

import contextlib
import datetime
import importlib
import ipaddress
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit import config
from streamlit.runtime import pages_manager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.util import calc_hash

from dashboard.access.gate import LOOPBACK, login_is_configured, refuse_weak_login
from dashboard.measures import PAGE_ERRORS
from dashboard.menu import panels
from dashboard.server import limits
from dashboard.server.ahead import Ahead, sent_first
from dashboard.server.api import Api
from dashboard.server.connections import Http, WebSocket, connections
from dashboard.server.crowd import Crowd, room
from dashboard.server.garbage import collected
from dashboard.server.headers import Doors, in_address, sites_that_may_embed
from dashboard.server.media import Media
from dashboard.server.metrics import metrics, refuse_short_token
from dashboard.server.packed import Packed, pack_first
from dashboard.server.reruns import spare_reruns
from dashboard.server.sessions import sessions
from dashboard.server.sockets import Sockets
from dashboard.server.uploads import Uploads
from dashboard.server.visits import AddressRefused, Visits
from dashboard.settings import (
    ADDRESS_VARIABLE,
    PROJECT,
    PROXIES_VARIABLE,
    PUBLIC_URL_VARIABLE,
    proxies,
    public_url,
    secrets_file,
)
from dashboard.settings import (
    HOST as HOST_NAME,
)
from dashboard.store.protocol import StoreDamaged
from dashboard.store.releases import NothingPublished
from dashboard.warehouse.answers import ReleaseTooOld

HOST = "127.0.0.1"
SCRIPT = Path(__file__).parents[1] / "app.py"
WARM = (
    "pyarrow.pandas_compat",
    "babel.numbers",
    "openpyxl",
    "statsmodels.duration.survfunc",
    "statsmodels.stats.proportion",
    "dashboard.intake.readers",  # a card without a reader stops the start, not the first file
)
# Else the first visitor who follows a link to a page gets that file alone, without menu and without gate.
PagesManager.uses_pages_directory = False
# Streamlit sends a hash of the script's path with every element, by which a guessed path could be confirmed.
pages_manager.calc_hash = lambda s: calc_hash(os.path.basename(s))  # noqa: PTH119 - text or bytes, as it may be

log = logging.getLogger("coalition")


def make_app(address: str = "") -> st.App:
    """The ASGI app; the Streamlit script is `dashboard/app.py`, as for `streamlit run`.

    `address` is printed once the app is ready, where one is given.
    """
    spare_reruns()
    api = Api()
    return st.App(
        str(SCRIPT),
        lifespan=partial(_lifespan, address=address),
        routes=[
            Route("/healthz", _health),
            Route("/metrics", metrics),
            Route("/api", api),
            Route("/api/{path:path}", api),
        ],
        middleware=[
            Middleware(Doors),
            Middleware(Crowd, room=room),
            Middleware(Visits, is_secure=public_url().startswith("https://")),
            Middleware(Uploads, sessions=sessions),
            Middleware(Media, sessions=sessions),
            Middleware(Packed),
            Middleware(Ahead),
            Middleware(Sockets, sessions=sessions, room=room, script=SCRIPT),
        ],
        on_script_error=_report_error,
    )


def serve(port: int) -> None:
    """Serves until interrupted: on this machine only, unless a login is configured and another address named.

    Raises:
        AddressRefused, LoginWrong, RosterWrong: others could come in whom nobody let in.
    """
    import uvicorn

    host = prepare()
    limits.raise_descriptors()
    believed = proxies()
    # uvicorn stops gracefully and raises the signal again: then what is open is closed, and no work is left behind.
    signal.signal(signal.SIGTERM, _end)
    uvicorn.run(
        make_app(public_url() or f"http://{in_address(host)}:{port}"),
        host=host,
        port=port,
        http=Http,
        ws=WebSocket,
        ws_max_size=limits.LARGEST_MESSAGE,
        ws_ping_interval=20,
        timeout_graceful_shutdown=limits.STOP_SECONDS,
        h11_max_incomplete_event_size=limits.LONGEST_HEAD,
        proxy_headers=bool(believed),
        forwarded_allow_ips=list(believed),
        server_header=False,
        log_level="error",  # a warning per malformed request would fill the log
        access_log=False,
    )


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit


def refuse_taken(host: str, port: int) -> None:
    """Stops a start at an address that cannot be listened on, before anything is loaded for it.

    Raises:
        AddressRefused: another program listens there, or it is no address of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as trouble:
        raise AddressRefused(
            f"The dashboard cannot listen on {in_address(host)}:{port} (found: {trouble.strerror}). Stop the program "
            f"that does, set PORT to a free port, or set {ADDRESS_VARIABLE} to an address of this machine."
        ) from trouble


def prepare() -> str:
    """The address to listen on: `COALITION_ADDRESS`, or this machine's own; when the login is as it must be.

    Raises:
        AddressRefused, LoginWrong, RosterWrong: others could come in whom nobody let in.
        SitesWrong: pages could be shown in frames of sites that nobody named.
    """
    os.chdir(PROJECT)  # Streamlit reads .streamlit from here
    sys.argv = ["streamlit", "run"]
    if named := secrets_file():
        config.set_option("secrets.files", [str(named)])
    refuse_weak_login()
    sites_that_may_embed()
    refuse_short_token()
    _refuse_wrong_public_address()
    wanted = os.environ.get(ADDRESS_VARIABLE, "") or HOST
    if not login_is_configured() and (wanted not in LOOPBACK or public_url()):
        raise AddressRefused(
            f"Without a login whoever reaches the dashboard is its steward, so it listens on {HOST} only; wanted was "
            f"{public_url() or wanted}. Configure a login as in .streamlit/secrets.toml.example, or unset "
            f"{ADDRESS_VARIABLE} and {PUBLIC_URL_VARIABLE}."
        )
    connections.trusted = _believed_proxies()
    _welcome_the_public_address()
    return wanted


def _refuse_wrong_public_address() -> None:
    """Stops a start whose public address is none: by no name would a reader be let in."""
    try:
        url = urlsplit(public_url())
        is_sound = (
            url.scheme in ("http", "https")
            and HOST_NAME.fullmatch(url.hostname or "")
            and url.port != 0
            and "@" not in url.netloc
            and not (url.path or url.query or url.fragment)
            and public_url().isprintable()
        )
    except ValueError:  # such as a port beyond 65,535
        is_sound = False
    if public_url() and not is_sound:
        raise AddressRefused(
            f"{PUBLIC_URL_VARIABLE} is no address that readers come by (it is not shown): wanted are https://, a host "
            "and perhaps a port, such as https://dashboard.example.org, without a path, a name or a password. Correct "
            "it, or unset it on a laptop."
        )


def _believed_proxies() -> tuple[limits.Network, ...]:
    try:
        return tuple(ipaddress.ip_network(address) for address in proxies())
    except ValueError:
        raise AddressRefused(
            f"{PROXIES_VARIABLE} names the proxies that are believed when they say whom they speak for: wanted are "
            f"addresses or networks with commas between, such as 127.0.0.1,10.0.0.0/24; found was "
            f"{', '.join(proxies())}. Correct it, or unset it for a proxy on this machine."
        ) from None


def _welcome_the_public_address() -> None:
    """Has Streamlit take visits that came by the public address. By default it would ask a third party for its own."""
    if host := urlsplit(public_url()).hostname:
        config.get_config_options()
        config.set_option("server.allowedHosts", [*config.get_option("server.allowedHosts"), host])
        config.set_option("browser.serverAddress", host)


def load() -> None:
    """Imports, reads and works out what every page needs, whatever the store holds."""
    import plotly.graph_objects as go
    import plotly.io

    for name in (*WARM, *panels()):
        importlib.import_module(name)

    from dashboard.components.figures import Drawn
    from dashboard.locales.numbers import day, people
    from dashboard.warehouse.catalog import questions
    from dashboard.warehouse.lineage import sources_of

    for name in questions():
        sources_of(name)
    Drawn({"data": [], "layout": {}}, is_dark=False).to_dict()
    people(10**9), day(datetime.date.today())
    plotly.io.to_json(go.Figure([go.Choropleth(z=[1], locations=["KEN"]), go.Scattergeo(), go.Bar(), go.Scatter()]))


@contextlib.asynccontextmanager
async def _lifespan(app: st.App, address: str) -> AsyncIterator[None]:
    """Imports and packs what the first visitor would wait for, then freezes the heap.

    Garbage is collected twice a minute; frozen objects are not walked.
    """
    load()

    from dashboard.server.prefetch import pick_up_releases, prefetch
    from dashboard.session import begin, keep_in_memory, warm_with

    warm_with(prefetch)
    with contextlib.suppress(NothingPublished, ReleaseTooOld, StoreDamaged):  # the page states it to whoever comes
        begin()
    pack_first(sent_first())
    keep_in_memory()
    with pick_up_releases(), collected():
        async with connections.watched():
            if address:
                print(f"The dashboard is on {address} (stop it with Ctrl-C)", flush=True)
            yield


async def _health(request: Any) -> JSONResponse:
    """Whether a reader could open a page now: 200 with the release, or 503 with why. Nobody signs in for it.

    What is overdue is read from the release that is served, and of publishers' own records alone: partners' files, and
    how many of them are late, are nobody's who does not sign in.
    """
    from dashboard.health import overdue
    from dashboard.session import begin
    from dashboard.store.releases import today

    try:
        release, notice = begin()
    except (NothingPublished, ReleaseTooOld, StoreDamaged):
        why = "No release can be served. `coalition releases list` shows what there is."
        return JSONResponse({"ok": False, "why": why}, status_code=503)
    if why := room.why_full():
        return JSONResponse({"ok": False, "why": why}, status_code=503)
    late = overdue(release, today())
    return JSONResponse({"ok": True, "release": release.number, "is_newest": not notice, "overdue": late})


def _report_error(error: Exception) -> bool:
    """One line of class and reference for the operator, one sentence for the reader; never a row."""
    PAGE_ERRORS.inc()
    reference = os.urandom(4).hex()
    log.error('{"event": "page_error", "class": "%s", "reference": "%s"}', type(error).__name__, reference)
    st.error(f"This page cannot answer just now. Try again, or tell the operator the reference {reference}.")
    return True
