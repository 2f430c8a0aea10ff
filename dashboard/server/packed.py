"""Streamlit's scripts and the map files, compressed once and kept, without what no page shows."""

import contextlib
import fcntl
import gzip
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from threading import Thread

import brotli
import streamlit as st

from dashboard.server.asgi import App, Receive, Scope, Send
from dashboard.server.unused import without_unused
from dashboard.settings import PACKED

STREAMLIT = Path(st.__file__).parent / "static"
MAPS = Path(__file__).parents[1] / "static"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
PACKED_ALREADY = {".woff2"}
# The weight of an encoding that a browser does not take.
REFUSED = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*", re.IGNORECASE)
YEAR, WEEK, DAY = 31_536_000, 604_800, 86_400
# First quickly, then well: the library of charts takes nine seconds instead of one, and is a tenth smaller.
BROTLI_QUALITY, BEST_BROTLI_QUALITY = 9, 11
ICONS_OF_STREAMLIT = next((STREAMLIT / "static" / "media").glob("MaterialSymbols-Rounded.*.woff2"))
# Made by `make icons`, of the very font in its name; of any other Streamlit the whole font is served.
ICONS = MAPS / f"icons-{hashlib.sha256(ICONS_OF_STREAMLIT.read_bytes()).hexdigest()[:12]}.woff2"
SHORTENED = {
    next((STREAMLIT / "static" / "js").glob(f"{name}.*.js")) for name in ("PlotlyChart", "reactJsonViewCompat")
}
OURS = SHORTENED | {ICONS}  # with an icon or a kind of chart more they have the same address


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
        request_headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        encoding = "" if file.suffix in PACKED_ALREADY else _best_encoding(request_headers.get(b"accept-encoding", ""))
        body, tag = packed(file, encoding)
        lasting = f"public, max-age={YEAR}, immutable" if path.startswith("/static/") else f"public, max-age={WEEK}"
        if file in OURS:
            lasting = f"public, max-age={DAY}"
        headers = [(b"cache-control", lasting.encode()), (b"vary", b"Accept-Encoding"), (b"etag", tag.encode())]
        if tag in request_headers.get(b"if-none-match", ""):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        headers += [(b"content-type", TYPES[file.suffix].encode()), (b"content-length", str(len(body)).encode())]
        if encoding:
            headers.append((b"content-encoding", encoding.encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


_best: dict[Path, bytes] = {}


def content(file: Path) -> bytes:
    """What a file is sent as, before it is packed."""
    raw = file.read_bytes()
    return without_unused(raw) if file in SHORTENED else raw


def packed(file: Path, encoding: str) -> tuple[bytes, str]:
    """The body of a file in an encoding, and its entity tag."""
    best = _best.get(file) if encoding == "br" else None
    return (best or _packed(file, encoding)), _tag(file, encoding)


@cache
def _packed(file: Path, encoding: str) -> bytes:
    raw = content(file)
    if encoding == "br":
        return brotli.compress(raw, quality=BROTLI_QUALITY)
    return gzip.compress(raw, 6, mtime=0) if encoding else raw


@cache
def _tag(file: Path, encoding: str) -> str:
    return f'"{hashlib.sha256(content(file)).hexdigest()[:20]}-{encoding or "raw"}"'


def pack_first(files: Iterable[Path]) -> None:
    """Takes the files as small as an earlier start made and kept them; packs the others quickly, then well beside."""
    new = [file for file in files if not _take_kept(file)]
    for file in new:
        packed(file, "br")
    if new:
        Thread(target=pack_best, args=(new,), daemon=True, name="packing").start()


def pack_best(files: Iterable[Path]) -> None:
    """Makes the files as small as they get and keeps them for the next start; of many processes one does so."""
    with _packing():
        for file in files:
            if not _take_kept(file):
                raw = content(file)
                _best[file] = _keep(_kept(raw), brotli.compress(raw, quality=BEST_BROTLI_QUALITY))


@contextlib.contextmanager
def _packing() -> Iterator[None]:
    """Waits while another process packs; not where the folder cannot be written, as nothing is kept there."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            PACKED.mkdir(parents=True, exist_ok=True)
            fcntl.flock(stack.enter_context((PACKED / "lock").open("a")), fcntl.LOCK_EX)
        yield


def _kept(raw: bytes) -> Path:
    return PACKED / f"{hashlib.sha256(raw).hexdigest()}-{BEST_BROTLI_QUALITY}.br"


def _take_kept(file: Path) -> bool:
    """Whether the file as small as it gets is at hand, or was kept by an earlier start."""
    if file not in _best:
        raw = content(file)
        if body := _kept_if_whole(_kept(raw), raw):
            _best[file] = body
    return file in _best


def _kept_if_whole(kept: Path, raw: bytes) -> bytes:
    """What was kept, when it is what the file unpacks from; else nothing."""
    with contextlib.suppress(OSError, brotli.error):
        body = kept.read_bytes()
        if brotli.decompress(body) == raw:
            return body
    return b""


def _keep(kept: Path, body: bytes) -> bytes:
    with contextlib.suppress(OSError):  # a folder that cannot be written: the next start packs again
        kept.parent.mkdir(parents=True, exist_ok=True)
        half = kept.with_suffix(f".{os.getpid()}")
        half.write_bytes(body)
        half.replace(kept)
    return body


def is_accepted(encoding: str, accepted: str) -> bool:
    """Whether a browser that sends this `Accept-Encoding` takes an encoding: it names it, and not as refused."""
    weights = {
        name.strip().lower(): weight for name, _, weight in (coding.partition(";") for coding in accepted.split(","))
    }
    return encoding in weights and not REFUSED.fullmatch(weights[encoding])


def _best_encoding(accepted: str) -> str:
    return next((encoding for encoding in ("br", "gzip") if is_accepted(encoding, accepted)), "")


def _file_of(path: str) -> Path | None:
    for prefix, root in (("/static/", STREAMLIT / "static"), ("/app/static/", MAPS)):
        if path.startswith(prefix) and not path.endswith("/"):
            try:
                file = (root / path.removeprefix(prefix)).resolve()
                if file == ICONS_OF_STREAMLIT:
                    return ICONS if ICONS.is_file() else None
                if file.is_relative_to(root) and file.suffix in TYPES.keys() - PACKED_ALREADY and file.is_file():
                    return file
            except (ValueError, OSError):  # a NUL or an endless name: no file of ours
                return None
    return None
