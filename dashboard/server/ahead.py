"""Names in the page's own HTML what its browser will ask for later, and where it finds the server.

So scripts are loaded while the page's own script runs, and the browser connects without asking first. The browser
states how wide the page is before it does.
"""

import gzip
import re
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

from dashboard.access.gate import login_is_configured
from dashboard.components.light import NARROW, NARROW_PIXELS, WANTS_LESS
from dashboard.menu import first_page, pages
from dashboard.server.asgi import App, Message, Receive, Scope, Send, cookies, header
from dashboard.server.packed import ICONS_OF_STREAMLIT, MAPS, STREAMLIT, is_accepted, pack_best
from dashboard.settings import public_url

SCRIPTS = STREAMLIT / "static" / "js"
CHART, TABLE = "PlotlyChart", "DataFrame"
MAP = "map"  # no element of its own: what a chart asks for when it is one
# The bar, the sentence and the numbers below it.
EVERYWHERE = ("Html", "Selectbox", "Metric", "Button")
# What a page's first screen shows beside these and a chart.
ALSO: dict[str, tuple[str, ...]] = {
    "overview": ("DateInput", MAP),
    "reach_map": ("DateInput", "Slider", "Checkbox", MAP),
    "learning_hubs": (TABLE, MAP),
    "contributions": ("ButtonGroup", MAP),
    "school_closures": ("DateInput", "Slider", MAP),
    "response_gaps": ("ButtonGroup", "DateInput", MAP),
    "needs_and_offers": ("ButtonGroup", "DateInput", TABLE),
    "data_health": (TABLE,),
    "upload": ("FileUploader",),
    "methods": ("ButtonGroup", "TextInput", "PageLink"),
    "board": ("PageLink",),
}
WITHOUT_A_CHART = {"board", "upload", "methods", "data_health", "needs_and_offers"}
WORLD = "./app/static/boundaries/world_110m.json"
# Of a request: the page that is sent is not the file that Streamlit has.
OF_THE_FILE_ALONE = {b"accept-encoding", b"range", b"if-none-match", b"if-modified-since", b"if-range"}
# Streamlit else asks /overview/_stcore/health, waits a tenth of a second after the refusal, asks /_stcore/health, and
# connects then. It still asks, beside the connection. No other site's messages are heeded.
CONNECTS_AT_ONCE = (
    'window.__streamlit={BACKEND_BASE_URL:new URL(".",location).href,'
    "HOST_CONFIG:{allowedOrigins:[location.origin],useExternalAuthToken:false}}"
)
TOKEN = "_streamlit_xsrf"
IN_HTML = re.compile(r"\./static/js/([\w.\-]+\.js)")
LIST_OF_INDEX = re.compile(r"m\.f=\[([^\]]*)\]")


class Ahead:
    """Adds the scripts of a page's elements to Streamlit's HTML, which else asks for each when its element arrives."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; an answer in HTML gets its links."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        is_packed = is_accepted("gzip", header(scope, b"accept-encoding"))
        plain = [(name, value) for name, value in scope["headers"] if name not in OF_THE_FILE_ALONE]
        start: Message = {}
        body = b""

        async def with_links(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_html(message):
                start = message
                return
            if not start or message["type"] != "http.response.body":
                await send(message)
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            elements = elements_of(str(scope["path"]), _is_light(scope))
            scripts = (states_width(), *((CONNECTS_AT_ONCE,) if _may_connect(scope) else ()))
            sent, encoding = _with_links(body, elements, scripts, is_packed)
            changed = (b"content-length", b"content-encoding", b"etag", b"last-modified", b"accept-ranges")
            kept = [(name, value) for name, value in start["headers"] if name.lower() not in changed]
            kept += [(b"content-length", str(len(sent)).encode()), *encoding, *_wish_for_less(scope)]
            await send({**start, "headers": kept})
            await send({"type": "http.response.body", "body": sent})

        is_page = "text/html" in header(scope, b"accept")
        await self.app({**scope, "headers": plain} if is_page else scope, receive, with_links if is_page else send)


def states_width() -> str:
    """A script by which the browser states, before it connects, whether the page is narrow: the server lays it out."""
    secure = "; secure" if public_url().startswith("https://") else ""
    return f'document.cookie="{NARROW}="+(innerWidth<={NARROW_PIXELS}?"on":"off")+"; path=/; samesite=strict{secure}"'


def elements_of(path: str, is_light: bool = False) -> tuple[str, ...]:
    """The kinds of elements that the page at a path shows first, by the names of Streamlit's scripts.

    The light page has no charts.
    """
    if is_light:
        return EVERYWHERE
    name = path.strip("/").rsplit("/", 1)[-1]
    if name not in {page.name for page in pages()}:
        name = first_page(is_partner=False).name
    return (*EVERYWHERE, *ALSO.get(name, ()), *(() if name in WITHOUT_A_CHART else (CHART,)))


@cache
def scripts_of(element: str) -> tuple[str, ...]:
    """The script of an element and those it needs, as Streamlit's own list has them; none where it has no such list."""
    text = (SCRIPTS / _index()).read_text(encoding="utf-8")
    listed = LIST_OF_INDEX.search(text)
    wanted = re.search(rf"`\./{element}\.[\w\-]+\.js`\).{{0,40}}?__vite__mapDeps\(\[([\d,]*)\]\)", text)
    if not listed or not wanted:
        return ()
    files = [name.strip('"').removeprefix("./") for name in listed[1].split(",")]
    return tuple(files[int(index)] for index in wanted[1].split(",") if files[int(index)].endswith(".js"))


def sent_first() -> list[Path]:
    """What most readers are sent: the scripts of pages, and the maps."""
    return [*scripts_of_pages(), *MAPS.rglob("*json")]


def scripts_of_pages() -> list[Path]:
    """The scripts that a reader loads, those that every page needs first."""
    elements = dict.fromkeys(element for page in pages() for element in elements_of(page.name))
    names = [*_in_html(), *(name for element in elements for name in scripts_of(element))]
    return [SCRIPTS / name for name in dict.fromkeys(names)]


@cache
def _in_html() -> tuple[str, ...]:
    return tuple(IN_HTML.findall((STREAMLIT / "index.html").read_text(encoding="utf-8")))


def _index() -> str:
    return next(name for name in _in_html() if name.startswith("index."))


@cache
def links(elements: tuple[str, ...]) -> str:
    """Links to the scripts that the HTML does not name itself, to the icons, and to the outlines of countries.

    What is not on every page is loaded when nothing else is: it would hold up what shows the sentence.
    """
    later_by_name = {name: element not in EVERYWHERE for element in reversed(elements) for name in scripts_of(element)}
    font = f"./static/media/{ICONS_OF_STREAMLIT.name}"
    lines = [f'<link rel="preload" href="{font}" as="font" type="font/woff2" crossorigin>']
    for name, is_later in sorted(later_by_name.items(), key=lambda pair: pair[1]):
        if name not in _in_html():
            how = 'rel="prefetch" as="script"' if is_later else 'rel="modulepreload"'
            lines.append(f'<link {how} crossorigin href="./static/js/{name}">')
    if MAP in elements:
        lines.append(f'<link rel="prefetch" as="fetch" crossorigin href="{WORLD}">')
    return "\n".join(lines)


@cache
def _with_links(
    page: bytes, elements: tuple[str, ...], scripts: tuple[str, ...], is_packed: bool
) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    added = "".join(f"<script>{script}</script>\n" for script in scripts)
    sent = page.replace(b"</head>", (added + links(elements)).encode() + b"\n</head>", 1)
    return (gzip.compress(sent, 6, mtime=0), [(b"content-encoding", b"gzip")]) if is_packed else (sent, [])


def _may_connect(scope: Scope) -> bool:
    """Whether the browser needs nothing of the server before it connects.

    Who is logged in is heeded only with Streamlit's token, which the answers to its questions bring.
    """
    return TOKEN in cookies(scope) or not login_is_configured()


def _is_light(scope: Scope) -> bool:
    return "1" in parse_qs(bytes(scope.get("query_string", b"")).decode("latin-1")).get("light", ())


def _wish_for_less(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Keeps for the visit that the browser asks for less data: it does so where pages are sent, not where they run."""
    wants_less = header(scope, b"save-data").strip().lower() == "on"
    knows = f"{WANTS_LESS}=on" in header(scope, b"cookie")
    if wants_less == knows:
        return []
    age = "" if wants_less else "; max-age=0"
    return [(b"set-cookie", f"{WANTS_LESS}=on; path=/; samesite=strict; httponly{age}".encode())]


def _is_html(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in message.get("headers", [])
    )


if __name__ == "__main__":  # an image is built with them: `python -m dashboard.server.ahead`
    pack_best(sent_first())
