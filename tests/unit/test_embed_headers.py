"""Which sites may show a page in a frame: those that the operator names, of pages for other sites, and no others."""

import asyncio

import pytest

from dashboard.menu import EMBEDDABLE, pages
from dashboard.server.headers import Doors, SitesWrong

SITES = "https://www.unesco.example.org, https://partner.example.org:8443"
FRAMED = "frame-ancestors 'self' https://www.unesco.example.org https://partner.example.org:8443"


def headers_of(path, query="", status=200, method="GET"):
    """The headers of an answer as the server sends them."""
    sent = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": status, "headers": []})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode()}
    scope |= {"headers": [(b"host", b"127.0.0.1:8501")], "raw_path": path.encode()}
    asyncio.run(Doors(app)(scope, None, send))
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def frames(path, query=""):
    found = headers_of(path, query)
    policy = next(part.strip() for part in found["content-security-policy"].split(";") if "frame-ancestors" in part)
    return policy, found.get("x-frame-options")


SHUT = ("frame-ancestors 'self'", "SAMEORIGIN")


def test_without_the_setting_no_other_site_frames_anything(monkeypatch):
    monkeypatch.delenv("COALITION_EMBED_HOSTS", raising=False)
    for path in ("/", "/overview", "/upload"):
        assert frames(path, "embed=true") == frames(path) == SHUT


def test_with_the_setting_the_sites_named_frame_pages_that_are_for_them(monkeypatch):
    monkeypatch.setenv("COALITION_EMBED_HOSTS", SITES)
    opened = {name for name in [page.name for page in pages()] if frames(f"/{name}", "embed=true") == (FRAMED, None)}
    assert opened == EMBEDDABLE
    assert frames("/", "embed=true&figure=overview/growth") == frames("/start", "embed=true") == (FRAMED, None)
    for name in {page.name for page in pages()} - EMBEDDABLE:
        assert frames(f"/{name}", "embed=true") == SHUT


@pytest.mark.parametrize(
    "query",
    ["", "embed=false", "embed=TRUE", "embed=true&embed=false", "embed", "embed=1", "x=embed=true", "EMBED=true"],
)
def test_nothing_but_the_plain_wish_opens_a_page(monkeypatch, query):
    monkeypatch.setenv("COALITION_EMBED_HOSTS", SITES)
    assert frames("/overview", query) == SHUT


@pytest.mark.parametrize(
    "path", ["/overview/upload", "/auth/login", "/oauth2callback", "/media/x", "/healthz", "/_stcore/health", "/upload"]
)
def test_no_other_address_is_opened(monkeypatch, path):
    monkeypatch.setenv("COALITION_EMBED_HOSTS", SITES)
    assert frames(path, "embed=true") == SHUT
    assert headers_of("/overview", "embed=true", method="POST")["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    "named",
    [
        *("*", "https://*.example.org", "http://www.example.org", "www.example.org", "https://www.example.org/"),
        *("https://www.example.org/page", "https://www.example.org; script-src *", "'self'", "https:", "data:"),
        *("https://www.example.org https://evil.example.org", "https://user@example.org", "HTTPS://WWW.EXAMPLE.ORG"),
        *("http://127.0.0.1", "http://localhost.evil.example.org:80", "https://www.example.org\r\nx: y"),
    ],
)
def test_what_is_no_site_stops_the_start(monkeypatch, named):
    monkeypatch.setenv("COALITION_EMBED_HOSTS", f"https://good.example.org,{named}")
    with pytest.raises(SitesWrong, match="wanted are origins"):
        Doors(None)
