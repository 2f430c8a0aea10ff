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
