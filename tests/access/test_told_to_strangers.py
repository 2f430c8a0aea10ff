"""What the server tells of itself and to whom it gives files: no path, no version, no download but to its reader."""

import contextlib
import platform
import re
import sys
from pathlib import Path

import pytest
import streamlit
import uvicorn
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.server.headers import content_security_policy
from dashboard.server.sessions import Sessions
from dashboard.server.sockets import _Traffic
from dashboard.settings import PROJECT
from tests.access.strangers import BIRCH, CEDAR, LINES, STEWARD, Page, Served, cookie_line

# What would tell where the dashboard stands and what it is made of.
TELLING = {
    "the checkout": str(PROJECT),
    "its script": "dashboard/app.py",
    "the libraries": str(Path(streamlit.__file__).parent),
    "a home": str(Path.home()) + "/",
    "Python": sys.version.split()[0],
    "Python as numbers": "3, 11",
    "Streamlit": streamlit.__version__,
    "uvicorn": uvicorn.__version__,
    "the system": platform.release(),
}
ADDRESSES = [
    "/",
    "/upload",
    "/nothing/here",
    "/healthz",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/script-health-check",
    "/_stcore/metrics",
    "/_stcore/agent/openapi.json",
    "/_stcore/stream",
    "/_stcore/upload_file/x/y",
    "/_stcore/bidi-components/x/y.js",
    "/component/x/index.html",
    "/media/x.csv",
    "/app/static/x.svg",
    "/app/static/..%2fapp.py",
    "/app/static/%2e%2e/%2e%2e/pyproject.toml",
    "/static/x.js",
    "/static/..%2f..%2f__init__.py",
    "/auth/login?provider=x",
    "/auth/logout",
    "/oauth2callback?error=x",
    "/api/v1/",
    "/api/v1/openapi.json",
    "/api/v1/ask/overview/headline.json?on_date=x",
    "/api/v1/ask/overview/..%2f..%2fapp.json",
    "/api/%00",
    "/%00",
    "/%ff",
]


@pytest.fixture(scope="module")
def served(tenants_store, tmp_path_factory):
    with Served(tmp_path_factory.mktemp("told"), tenants_store) as made:
        yield made


@pytest.fixture
def open_page():
    pages = []

    def make(served, who="", page="", query="", **more):
        pages.append(Page(served, who, **more))
        pages[-1].open(query, page)
        return pages[-1]

    yield make
    for page in pages:
        page.ws.close()


def telling(text):
    return [what for what, word in TELLING.items() if word in text]


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_answer_tells_a_path_or_a_version(served, path):
    for method in ("GET", "HEAD", "OPTIONS", "POST"):
        answer = served.ask(path, method)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        assert "server" not in headers and "x-powered-by" not in headers
        said = " ".join(headers.values()) + answer.body.decode("utf-8", "replace")
        assert not telling(said), (method, telling(said))


@pytest.mark.parametrize("sent", [b"\x00", b"GET", b"GET / HTTP/9.9", b"PRI * HTTP/2.0"])
def test_what_is_no_question_is_answered_without_a_version(served, sent):
    connection = served.raw(sent + b"\r\n\r\n")
    connection.settimeout(10)
    said = connection.recv(65_536).decode("latin-1")
    connection.close()
    assert said.startswith("HTTP/1.1 4") and "server:" not in said.lower() and not telling(said)


@pytest.mark.parametrize("headers", [{"Sec_WebSocket_Version": "99"}, {"Origin": "http://evil.example"}])
def test_a_refused_socket_is_told_nothing(served, headers):
    asked = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    refused = served.ask("/_stcore/stream", **{**asked, "Sec_WebSocket_Version": "13", **headers})
    said = str(refused.headers) + refused.body.decode()
    assert refused.status in (400, 403, 426) and "server" not in str(refused.headers).lower() and not telling(said)


def test_a_socket_is_told_no_path_and_no_version(served, open_page):
    for page in (open_page(served), open_page(served, STEWARD), open_page(served, STEWARD, "upload")):
        assert page.session and not telling(page.words())
        begun = next(message.new_session for message in page.messages if message.WhichOneof("type") == "new_session")
        user, machine = begun.initialize.user_info, begun.initialize.environment_info
        assert not begun.main_script_path and not user.ListFields()
        assert [field.name for field, _ in machine.ListFields()] == ["streamlit_version"]
        assert re.fullmatch("[0-9a-f]{12}", machine.streamlit_version), "a mark of the page, by which it loads anew"


def test_the_scripts_path_cannot_be_guessed_by_its_hash(served, open_page):
    from streamlit.util import calc_hash

    assert calc_hash(str(PROJECT / "dashboard" / "app.py")) not in open_page(served).words()


def everything_within(page, seconds):
    """What a page is sent in so many seconds."""
    kinds = []
    with contextlib.suppress(TimeoutError):
        while True:
            kinds.append(page.next(seconds).WhichOneof("type"))
    return kinds


@pytest.mark.parametrize(
    "wish",
    [
        lambda back: setattr(back, "set_run_on_save", True),
        lambda back: back.backend_operation_request.install_skills.SetInParent(),
        lambda back: back.backend_operation_request.dismiss_skills_nudge.SetInParent(),
        lambda back: back.backend_operation_request.deferred_file.SetInParent(),
        lambda back: back.backend_operation_request.dataframe_chunk.SetInParent(),
    ],
)
def test_a_stranger_cannot_have_the_server_write_or_fetch_anything(served, open_page, wish):
    page = open_page(served)
    everything_within(page, 0.5)
    back = BackMsg()
    wish(back)
    if back.HasField("backend_operation_request"):
        back.backend_operation_request.session_id = page.session
    page.send(back)
    assert everything_within(page, 1) == [], "not so much as a refusal"


def test_of_all_messages_that_streamlit_knows_those_of_a_page_are_accepted():
    accepted = set()
    for field in BackMsg.DESCRIPTOR.fields:
        back = BackMsg()
        if field.message_type is None:
            setattr(back, field.name, True)
        else:
            getattr(back, field.name).SetInParent()
        if _Traffic(Sessions(), "").is_accepted(back.SerializeToString()):
            accepted.add(field.name)
    assert accepted == {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request"}


def test_a_download_is_for_its_reader_as_long_as_she_is_let_in(served, open_page):
    other = open_page(served, BIRCH, "reach_map")  # first: Streamlit drops a file after two runs of whoever it be
    page = open_page(served, CEDAR, "reach_map", query="open=countries")
    address = page.download()
    got = served.ask(address, Cookie=cookie_line(page.cookies))
    assert got.status == 200 and got.headers["cache-control"] == "no-store" and b"," in got.body

    def is_shut(cookies, **more):
        return served.ask(address, Cookie=cookie_line(cookies), **more).status == 404

    assert is_shut({}) and is_shut({"coalition_visit": "x"})
    assert is_shut(served.come()), "another browser that knows the address"
    assert is_shut(other.cookies), "another partner, signed in"
    assert is_shut({**other.cookies, "_streamlit_user": page.cookies["_streamlit_user"]})
    assert is_shut({}, Range="bytes=0-9")
    part = served.ask(address, Cookie=cookie_line(page.cookies), Range="bytes=0-9")
    assert part.status == 206 and len(part.body) == 10 and part.headers["cache-control"] == "no-store"

    served.roster(*(one for one in LINES if one != CEDAR))
    try:
        assert is_shut(page.cookies), "taken off the roster, before any click"
        assert served.ask(address, "HEAD", Cookie=cookie_line(page.cookies)).status == 404
        assert is_shut(page.cookies, Range="bytes=0-9")
    finally:
        served.roster(*LINES)
    assert not is_shut(page.cookies)
    page.ws.close()
    for _ in range(50):
        if is_shut(page.cookies):
            break
    assert is_shut(page.cookies), "its page is closed"


def test_a_download_ends_with_the_login(served, open_page):
    import time

    page = Page(served, CEDAR, iat=time.time() - 8 * 3600 + 4)
    with page:
        page.open(page="reach_map", query="open=countries")
        address = page.download()
        assert served.ask(address, Cookie=cookie_line(page.cookies)).status == 200
        time.sleep(5)
        assert served.ask(address, Cookie=cookie_line(page.cookies)).status == 404


def test_a_session_is_taken_up_again_by_its_own_browser_only(served, open_page):
    page = open_page(served)
    page.ws.close()
    other = Page(served, resumed=page.session)
    own = Page(served, resumed=page.session, cookies=page.cookies)
    with other, own:
        other.open()
        own.open()
    assert other.session != page.session
    assert own.session == page.session


def test_the_icon_of_the_window_is_for_everybody(served, open_page):
    page = open_page(served)
    configured = next(message for message in page.messages if message.HasField("page_config_changed"))
    address = configured.page_config_changed.favicon
    assert served.ask(address).status == 200


@pytest.mark.parametrize(
    ("host", "public", "sockets"),
    [
        ("127.0.0.1:8501", "", "ws://127.0.0.1:8501"),
        ("localhost:8501", "", "ws://localhost:8501"),
        ("dashboard.example.org", "https://dashboard.example.org", "wss://dashboard.example.org"),
    ],
)
def test_a_page_may_connect_to_its_own_host_only(monkeypatch, host, public, sockets):
    monkeypatch.setenv("COALITION_PUBLIC_URL", public)
    policy = dict(part.strip().split(" ", 1) for part in content_security_policy(host).split(";"))
    assert policy["connect-src"].split() == ["'self'", sockets, "data:", "blob:"]
    for directive, sources in policy.items():
        assert not {"ws:", "wss:", "http:", "https:", "*"} & set(sources.split()), directive


def test_a_host_that_would_write_a_policy_of_its_own_is_not_ours(served):
    for host in ("127.0.0.1:1; script-src *", "127.0.0.1:1 https://evil.example", "localhost:99999999", "127.0.0.1:"):
        assert served.ask("/", Host=host).status in (400, 403), host
        assert "evil" not in content_security_policy(host) and "*" not in content_security_policy(host)
