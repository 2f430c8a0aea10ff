"""`coalition run` does not start where others could come in whom nobody let in; it says why in a sentence."""

import shutil
import socket

import pytest
import streamlit as st
from streamlit import config

from dashboard.commands.cli import main
from dashboard.server import app as server
from dashboard.server.media import Media
from dashboard.server.sessions import Sessions
from dashboard.server.visits import Visits
from dashboard.settings import PROJECT
from tests.access.test_gate import ROSTER, SECRET, SECRETS
from tests.dashboards import free_port, serving


@pytest.fixture
def start(tmp_path, monkeypatch, capsys):
    """start(secrets=…, roster=…, COALITION_…=…) gives exit status and complaint of `coalition run`."""
    before = config.get_option("secrets.files")
    monkeypatch.setattr(server, "serve", lambda port: print("serving"))
    monkeypatch.setenv("COALITION_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("PORT", str(free_port()))
    monkeypatch.setattr("dashboard.demo.fill", lambda store, say: None)
    monkeypatch.setattr("sys.argv", ["coalition"])
    monkeypatch.chdir(tmp_path)

    def run(secrets=None, roster=ROSTER, **environment):
        files = {"COALITION_SECRETS": tmp_path / "secrets.toml", "COALITION_ROSTER": tmp_path / "roster.toml"}
        for (name, file), text in zip(files.items(), (secrets, roster), strict=True):
            file.unlink(missing_ok=True)
            if text is not None:
                file.write_text(text, encoding="utf-8")
            monkeypatch.setenv(name, str(file))
        if secrets is None:
            monkeypatch.delenv("COALITION_SECRETS")
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        config.set_option("secrets.files", [str(files["COALITION_SECRETS"])])
        st.secrets._reset()
        status = main(["run"])
        said = capsys.readouterr()
        assert status == (0 if "serving" in said.out else 1)
        assert "Traceback" not in said.err and SECRET not in said.err
        return status, said.err

    yield run
    config.set_option("secrets.files", before)
    st.secrets._reset()


def test_it_starts_with_a_login_and_without(start):
    assert start(SECRETS) == (0, "")
    assert start(SECRETS, COALITION_ADDRESS="0.0.0.0", COALITION_PUBLIC_URL="https://dashboard.example.org")[0] == 0
    assert start(None, None, COALITION_ADDRESS="", COALITION_PUBLIC_URL="")[0] == 0


def test_the_examples_can_be_filled_in(start):
    secrets, roster = ((PROJECT / ".streamlit" / f"{name}.toml.example").read_text() for name in ("secrets", "roster"))
    status, said = start(secrets, roster)
    assert status == 1 and "auth.cookie_secret" in said, "as it stands it is no login"
    assert start(secrets.replace('cookie_secret = ""', f'cookie_secret = "{SECRET}"'), roster) == (0, "")


WEAK = {
    "none": "",
    "a byte too few": SECRET[:31],
    "one letter": "x" * 64,
    "seven letters": "abcdefg" * 9,
    "seven letters, mixed": "gacbdfeabdgcfaegbcdafgebdcagfbeacdgfabeg",
    "a word, repeated": "correct-horse-battery" * 2,
    "the digits in a row": "0123456789abcdef0123456789abcdef",
    "the alphabet": "abcdefghijklmnopqrstuvwxyz0123456789",
}


@pytest.mark.parametrize("secret", WEAK.values(), ids=WEAK)
def test_a_cookie_secret_that_can_be_guessed_is_refused(start, secret):
    status, said = start(SECRETS.replace(SECRET, secret))
    assert status == 1 and "auth.cookie_secret" in said and "token_hex" in said


@pytest.mark.parametrize(
    ("secrets", "roster", "sentence"),
    [
        (SECRETS, None, "there is no roster"),
        (SECRETS, "issuers = []", "names no issuers"),
        (SECRETS, "issuers = [", "cannot be read"),
        (SECRETS, ROSTER + '[[revoked]]\nemial = "x"', "line of the roster"),
        ("[auth", ROSTER, "cannot be read"),
        ("\x00", None, "cannot be read"),
        ("[auth]\ncookie_secret = '" + SECRET + "'", ROSTER, "names no provider"),
        ("[other]\na = 1", ROSTER, "no login is configured"),
        (None, ROSTER, "no login is configured"),
    ],
)
def test_a_login_that_lets_the_wrong_ones_in_is_refused(start, secrets, roster, sentence):
    status, said = start(secrets, roster)
    assert status == 1 and sentence in said


def test_a_secrets_file_that_is_named_and_not_there_is_refused(start, monkeypatch, tmp_path):
    start(SECRETS)
    (tmp_path / "secrets.toml").unlink()
    (tmp_path / "roster.toml").unlink()
    st.secrets._reset()
    assert main(["run"]) == 1


@pytest.mark.parametrize(
    "environment",
    [
        *({"COALITION_ADDRESS": address} for address in ("0.0.0.0", "::", "192.168.1.7", "dashboard.example.org")),
        *({"COALITION_ADDRESS": address} for address in ("127.0.0.1.evil.example", "127.0.0.2", " 127.0.0.1")),
        {"COALITION_PUBLIC_URL": "https://dashboard.example.org"},
        {"COALITION_PUBLIC_URL": "http://127.0.0.1:8501"},
    ],
    ids=str,
)
def test_without_a_login_it_listens_on_this_machine_only(start, environment):
    status, said = start(None, None, **environment)
    assert status == 1 and "is its steward" in said


@pytest.mark.parametrize("path", ["/media/abc.svg", "/a/page/media/abc.svg", "//media/abc.svg"])
@pytest.mark.parametrize("cookie", ["", "coalition_visit=", "coalition_visit=.", "coalition_visit=x.y", "a=b; c"])
def test_files_of_pages_need_our_cookie(path, cookie):
    import asyncio

    asked, sent = [], []

    async def app(scope, receive, send):
        asked.append(scope["path"])

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": path, "method": "GET", "headers": [(b"cookie", cookie.encode())]}
    asyncio.run(Media(app, Sessions())(scope, None, send))
    assert not asked and sent[0]["status"] == 404


@pytest.mark.parametrize("is_secure", [True, False])
def test_every_cookie_is_secure_behind_tls(is_secure):
    import asyncio

    sent = []
    headers = [
        (b"set-cookie", b"_streamlit_user=x; Path=/"),
        (b"Set-Cookie", b"a=insecure"),
        (b"content-type", b"text/html"),
    ]

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": "/auth/login", "headers": [(b"referer", b"https://host/reach_map?by=host")]}
    asyncio.run(Visits(app, is_secure)(scope, None, send))
    cookies = [value for name, value in sent[0]["headers"] if name.lower() == b"set-cookie"]
    assert len(cookies) == 4
    assert all((b"; Secure" in cookie) == is_secure for cookie in cookies), cookies


@pytest.mark.parametrize("url", ["https://dashboard.example.org", "http://127.0.0.1:8501", ""])
def test_the_app_is_secure_where_its_public_address_is(url, monkeypatch):
    monkeypatch.setenv("COALITION_PUBLIC_URL", url)
    made = {}
    monkeypatch.setattr(server.st, "App", lambda *args, **named: made.update(named))
    server.make_app()
    visits = next(layer for layer in made["middleware"] if layer.cls is Visits)
    assert visits.kwargs["is_secure"] == url.startswith("https")


@pytest.mark.parametrize(
    "way", ["//evil.example", "https://evil.example", "/\\evil", "/a\r\nb", "/é", "", "a", "/" * 3000]
)
def test_the_way_back_never_leads_elsewhere(way):
    from dashboard.server.visits import is_own_path

    assert not is_own_path(way)


def test_a_port_that_somebody_else_has_is_refused_before_anything_is_loaded(start, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        status, said = start(None, None, PORT=str(other.getsockname()[1]))
    assert status == 1 and "cannot listen on 127.0.0.1:" in said and "set PORT to a free port" in said
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    "address",
    ["nonsense", "https://", "ftp://host", "https://host:99999", "https://host/hidden", "https://me:hidden@host"],
)
def test_a_public_address_by_which_nobody_can_come_is_refused_and_not_shown(start, address):
    status, said = start(SECRETS, COALITION_PUBLIC_URL=address)
    assert status == 1 and "no address that readers come by" in said and "hidden" not in said


def test_an_address_of_another_machine_is_refused(start):
    assert "cannot listen on 203.0.113.9:" in start(SECRETS, COALITION_ADDRESS="203.0.113.9")[1]


def test_stopped_it_leaves_no_work_behind(small_store, tmp_path):
    store = shutil.copytree(small_store, tmp_path / "store")
    with serving(store):
        assert any((store / ".staging").iterdir()), "libraries work there"
    assert not any((store / ".staging").iterdir())
