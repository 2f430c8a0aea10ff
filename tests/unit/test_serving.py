"""Who may reach the server at all: this machine, and the public address where one is named."""

import pytest

from dashboard.server import app
from dashboard.server.headers import meant_for_us


def meant(*headers):
    return meant_for_us({"headers": list(headers)})


def test_only_this_machine_is_answered_without_a_public_address(monkeypatch):
    monkeypatch.delenv("COALITION_PUBLIC_URL", raising=False)
    assert meant((b"host", b"127.0.0.1:8501")) and meant((b"host", b"localhost:8501"))
    assert meant((b"host", b"127.0.0.1:8501"), (b"origin", b"http://127.0.0.1:8501"))
    assert not meant((b"host", b"dashboard.example.org"))
    assert not meant((b"host", b"127.0.0.1:8501"), (b"origin", b"https://evil.example.org"))


def test_the_public_address_is_answered_and_no_look_alike(monkeypatch):
    monkeypatch.setenv("COALITION_PUBLIC_URL", "https://dashboard.example.org")
    ours = (b"host", b"dashboard.example.org")
    assert meant(ours) and meant(ours, (b"origin", b"https://dashboard.example.org"))
    for host in (b"evil.example.org", b"dashboard.example.org.evil.org", b"", b"example.org"):
        assert not meant((b"host", host))
    for origin in (b"https://evil.example.org", b"https://dashboard.example.org.evil.org", b"null"):
        assert not meant(ours, (b"origin", origin))


def test_an_address_of_ipv6_is_answered_with_a_port_and_without(monkeypatch):
    monkeypatch.delenv("COALITION_PUBLIC_URL", raising=False)
    assert meant((b"host", b"[::1]:8501")) and meant((b"host", b"[::1]"))
    assert meant((b"host", b"[::1]:8501"), (b"origin", b"http://[::1]:8501"))
    monkeypatch.setenv("COALITION_PUBLIC_URL", "https://[2001:db8::1]")
    assert meant((b"host", b"[2001:db8::1]"), (b"origin", b"https://[2001:db8::1]"))
    for host in (b"[2001:db8::2]", b"[:::::]", b"::1", b"2001:db8::1", b"[]"):
        assert not meant((b"host", host))


def test_an_origin_that_names_nobody_is_not_ours(monkeypatch):
    monkeypatch.delenv("COALITION_PUBLIC_URL", raising=False)
    for origin in (b"http://", b"//", b"null", b"127.0.0.1:8501"):
        assert not meant((b"host", b"127.0.0.1:8501"), (b"origin", origin))


def test_the_address_that_is_printed_can_be_opened(monkeypatch):
    monkeypatch.delenv("COALITION_PUBLIC_URL", raising=False)
    printed = []
    monkeypatch.setattr("uvicorn.run", lambda *_args, **_named: None)
    monkeypatch.setattr(app, "make_app", printed.append)
    for host in ("::1", "127.0.0.1"):
        monkeypatch.setattr(app, "prepare", lambda host=host: host)
        app.serve(8080)
    assert printed == ["http://[::1]:8080", "http://127.0.0.1:8080"]


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_streamlit_takes_visits_by_the_public_address_and_asks_nobody_for_its_own(monkeypatch, scheme):
    from streamlit import config

    before = config.get_option("server.allowedHosts"), config.get_option("browser.serverAddress")
    monkeypatch.setenv("COALITION_PUBLIC_URL", f"{scheme}://dashboard.example.org")
    try:
        app._welcome_the_public_address()
        assert "dashboard.example.org" in config.get_option("server.allowedHosts")
        assert config.is_manually_set("browser.serverAddress")
    finally:
        config.set_option("server.allowedHosts", before[0])
        config.set_option("browser.serverAddress", before[1])


def test_operations_state_the_limits_as_they_are():
    from dashboard.server import limits
    from dashboard.settings import PROJECT

    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    section = text.split("## Limits")[1].split("\n## ")[0]
    stated = dict(line.strip("| ").split(" | ") for line in section.splitlines() if " | " in line)
    slowest = f"{limits.SLOWEST_BYTES_PER_SECOND:,} bytes per second"
    kilobyte, megabyte = 1024, limits.MEGABYTE
    assert stated == {
        "what": "at most",
        "open pages (websockets) of one address": f"{limits.SOCKETS_PER_ADDRESS}",
        "open pages of one browser": f"{limits.SOCKETS_PER_BROWSER}",
        "open pages in all": f"{limits.SOCKETS_IN_ALL}",
        "connections of one address": f"{limits.CONNECTIONS_PER_ADDRESS}",
        "connections in all": f"{limits.CONNECTIONS_IN_ALL:,}, and no more than the limit of open files allows at "
        f"{limits.DESCRIPTORS_PER_SOCKET} each",
        "requests of one address at once": f"{limits.REQUESTS_PER_ADDRESS:,}",
        "wait for headers": f"{limits.HEAD_SECONDS:.0f} seconds",
        "wait for the first word on a websocket": f"{limits.SPEAK_SECONDS:.0f} seconds",
        f"an upload slower than {slowest}": f"{limits.SLOW_AFTER_SECONDS:.0f} seconds",
        "an answer that nobody reads": f"{limits.UNREAD_SECONDS:.0f} seconds",
        "a message of a page": f"{limits.LARGEST_MESSAGE // megabyte} MB, and {limits.MESSAGES_PER_SECOND} per second",
        "address and headers of a request": f"{limits.LONGEST_HEAD // kilobyte} kB",
        "a file": f"{limits.LARGEST_FILE // megabyte} MB",
        "files of one page": f"{limits.FILES_PER_SESSION} files, {limits.UPLOADS_PER_SESSION // megabyte} MB",
        "files of one person in all pages": f"{limits.UPLOADS_PER_PERSON // megabyte} MB",
        "files in all": f"{limits.UPLOADS_IN_ALL // megabyte} MB",
    }


@pytest.mark.parametrize("named", ["*", "proxy.example.org", "10.0.0.1/8", "127.0.0.1,,x"])
def test_proxies_that_are_no_addresses_are_refused(monkeypatch, named):
    from dashboard.server.visits import AddressRefused

    monkeypatch.setenv("COALITION_PROXIES", named)
    with pytest.raises(AddressRefused, match="wanted are addresses or networks"):
        app._believed_proxies()


def test_the_proxy_of_a_public_address_is_on_this_machine_unless_named(monkeypatch):
    from dashboard.settings import proxies

    monkeypatch.delenv("COALITION_PROXIES", raising=False)
    monkeypatch.setenv("COALITION_PUBLIC_URL", "https://dashboard.example.org")
    assert proxies() == ("127.0.0.1", "::1")
    monkeypatch.delenv("COALITION_PUBLIC_URL")
    assert proxies() == (), "without a public address nobody speaks for others"
    monkeypatch.setenv("COALITION_PROXIES", " 10.0.0.1 , 10.1.0.0/16 ")
    assert proxies() == ("10.0.0.1", "10.1.0.0/16")
