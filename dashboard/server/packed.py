"""Streamlit's scripts and the map files, compressed once and kept."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

import brotli
import streamlit as st

from dashboard.server.asgi import App, Receive, Scope, Send

STREAMLIT = Path(st.__file__).parent / "static"
MAPS = Path(__file__).parents[1] / "static"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".svg": "image/svg+xml",
}
YEAR, WEEK = 31_536_000, 604_800
BROTLI_QUALITY = 9


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


@cache
def packed(file: Path, encoding: str) -> tuple[bytes, str]:
    """The body of a file in an encoding, and its entity tag."""
    raw = file.read_bytes()
    tag = f'"{hashlib.sha256(raw).hexdigest()[:20]}-{encoding or "raw"}"'
    if encoding == "br":
        return brotli.compress(raw, quality=BROTLI_QUALITY), tag
    return (gzip.compress(raw, 6, mtime=0) if encoding else raw), tag


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
