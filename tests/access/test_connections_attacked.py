"""Strangers take all the places: idle sockets, half-sent headers, slow bodies, floods; others still open their pages.

In full with COALITION_FULL_TESTS=1 (the limits as they are, 1,000 sockets), else a part of the same.
"""

import json
import os
import subprocess
import sys
import time

import psutil
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed

from dashboard.server import limits
from tests.access.strangers import CEDAR, Page, Served, is_hung_up
from tests.access.tenants import FULL

FLOOD, PER_ADDRESS = (1_000, limits.SOCKETS_PER_ADDRESS) if FULL else (120, 30)
SOON = {"HEAD_SECONDS": 2.0, "LINGER_SECONDS": 1.0, "SLOW_AFTER_SECONDS": 2.0, "UNREAD_SECONDS": 3.0}
FLOODED = {} if FULL else {"SOCKETS_PER_ADDRESS": PER_ADDRESS, "CONNECTIONS_PER_ADDRESS": 60}
FEW = {"SOCKETS_IN_ALL": 12, "SOCKETS_PER_ADDRESS": 2, "SOCKETS_PER_BROWSER": 3, "SPARE_DESCRIPTORS": 100}
# What the server may open, and may raise that to: (260 - 100 spare) / 4 = 40 connections.
FILES = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (200, 260))"
MEGABYTE = 1024 * 1024
OTHER, THIRD = "127.0.0.2", "127.0.0.3"


def opens_a_page(served, source):
    """Seconds until a page is drawn for a reader at another address."""
    begun = time.monotonic()
    assert served.ask("/", source=source).status == 200
    with Page(served, source=source) as page:
        page.open()
        assert "Sign in" in page.words()
    return time.monotonic() - begun


@pytest.fixture(scope="module")
def served(tenants_store, tmp_path_factory):
    """The proxy on this machine is not believed: every address is its own."""
    folder = tmp_path_factory.mktemp("flooded")
    with Served(folder, tenants_store, {"SPEAK_SECONDS": 30.0, **FLOODED}, COALITION_PROXIES="") as made:
        yield made


@pytest.fixture(scope="module")
def impatient(tenants_store, tmp_path_factory):
    """The same, and it waits for seconds where it would wait for half a minute."""
    folder = tmp_path_factory.mktemp("impatient")
    with Served(folder, tenants_store, {"SPEAK_SECONDS": 2.0, **SOON}, COALITION_PROXIES="") as made:
        yield made


@pytest.fixture(scope="module")
def few(tenants_store, tmp_path_factory):
    """The same behind a proxy on this machine, with few places and few descriptors."""
    with Served(tmp_path_factory.mktemp("few"), tenants_store, FEW, FILES, COALITION_PROXIES="127.0.0.1") as made:
        yield made


@pytest.fixture
def kept():
    """Connections that stay open until the test is over."""
    made = []
    yield made
    for one in made:
        if one is not None:
            one.close()


def test_idle_sockets_of_one_address_leave_room_for_all_others(served, kept):
    opens_a_page(served, THIRD)
    files, before = served.descriptors(), opens_a_page(served, OTHER)
    memory = served.memory()
    for _ in range(FLOOD):
        try:
            kept.append(served.idle_socket())
        except OSError:  # hung up upon before a word
            kept.append(None)
    accepted = [one for one in kept if one is not None]
    now = opens_a_page(served, OTHER)
    cost = (served.descriptors() - files) / len(accepted)
    print(
        f"\n{FLOOD} idle sockets of one address: {len(accepted)} accepted, {cost:.2f} descriptors each, memory "
        f"{memory:,.0f} -> {served.memory():,.0f} MB; a page elsewhere opened in {before:.2f} s, then in {now:.2f} s"
    )
    assert len(accepted) <= PER_ADDRESS
    assert cost < 1.5, "a socket that says nothing is a socket and nothing else"
    assert served.ask("/healthz", source=OTHER).status == 200


def test_half_sent_headers_of_one_address_leave_room_for_all_others(served, kept):
    most = FLOODED.get("CONNECTIONS_PER_ADDRESS", limits.CONNECTIONS_PER_ADDRESS)
    for _ in range(most + 60):
        kept.append(served.raw(b"GET / HTTP/1.1\r\nHost: 127"))
    time.sleep(0.5)
    open_ones = [one for one in kept if not is_hung_up(one, 0.001)]
    assert len(open_ones) <= most
    opens_a_page(served, OTHER)


def test_whoever_keeps_the_server_waiting_is_hung_up_upon(impatient, kept):
    host = f"Host: 127.0.0.1:{impatient.port}\r\n".encode()
    ways = {
        "nothing at all": b"",
        "half a header": b"GET / HTTP/1.1\r\nHo",
        "half a header after a whole question": b"GET /healthz HTTP/1.1\r\n" + host + b"\r\nGET / HTTP/1.1\r\nHo",
        "half a body": b"PUT /x HTTP/1.1\r\n" + host + b"Content-Length: 1000\r\n\r\nx",
        "half a chunk": b"POST /x HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\nff\r\nx",
    }
    waiting = {way: impatient.raw(sent) for way, sent in ways.items()}
    waiting["a socket without a word"] = impatient.idle_socket()
    kept += waiting.values()
    for way, connection in waiting.items():
        assert is_hung_up(connection, 8), way


def test_headers_that_come_letter_by_letter_do_not_keep_a_place(impatient, kept):
    kept.append(connection := impatient.raw(b"GET / HTTP/1.1\r\n"))
    begun = time.monotonic()
    with pytest.raises(OSError):
        while time.monotonic() - begun < 10:
            connection.sendall(b"X: y\r\n")
            time.sleep(0.2)
    assert time.monotonic() - begun < 8


def test_an_upload_that_trickles_is_hung_up_upon(impatient, kept):
    with Page(impatient, CEDAR) as page:
        page.open(page="upload")
        head = (
            f"PUT /_stcore/upload_file/{page.session}/00000000-0000-4000-8000-000000000001 HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{impatient.port}\r\nX-Xsrftoken: {page.cookies['_streamlit_xsrf']}\r\n"
            f"Cookie: {'; '.join(f'{n}={v}' for n, v in page.cookies.items())}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n--x\r\n"
        )
        kept.append(connection := impatient.raw(head.encode()))
        assert is_hung_up(connection, 10)


def test_who_asks_and_does_not_read_is_hung_up_upon(impatient, kept):
    host = f"Host: 127.0.0.1:{impatient.port}\r\n\r\n".encode()
    file = next(iter(sorted((limits_static()).rglob("*.js"), key=lambda one: -one.stat().st_size)))
    path = f"/static/{file.relative_to(limits_static()).as_posix()}".encode()
    kept.append(connection := impatient.raw(b""))
    connection.settimeout(10)
    with pytest.raises(OSError):
        for _ in range(200):  # answers of megabytes, none of them read
            connection.sendall(b"GET " + path + b" HTTP/1.1\r\n" + host)
            time.sleep(0.05)
    assert impatient.ask("/healthz").status == 200


def limits_static():
    from dashboard.server.packed import STREAMLIT

    return STREAMLIT / "static"


def test_pings_of_one_who_does_not_read_do_not_pile_up(impatient, kept):
    import socket

    kept.append(connection := impatient.idle_socket())
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    asked = BackMsg()
    asked.app_heartbeat = True
    word = asked.SerializeToString()
    connection.sendall(bytes([0x82, 0x80 | len(word), 0, 0, 0, 0]) + word)
    ping = bytes([0x89, 0x80 | 125, 0, 0, 0, 0]) + b"x" * 125
    before, sent = impatient.memory(), 0
    connection.settimeout(5)
    begun = time.monotonic()
    try:
        while sent < 25 * MEGABYTE and time.monotonic() - begun < 40:
            connection.sendall(ping * 500)
            sent += len(ping) * 500
    except OSError:
        pass
    print(f"\n{sent / 1e6:.0f} MB of pings: memory {before:.0f} -> {impatient.memory():.0f} MB")
    assert sent > 20 * MEGABYTE
    assert impatient.memory() - before < 15


@pytest.mark.parametrize(
    ("way", "frames"),
    [
        ("a message of 2 MB", lambda: [frame(0x82, b"x" * (2 * MEGABYTE))]),
        ("2 MB in fragments", lambda: [frame(0x02, b"x" * MEGABYTE), frame(0x80, b"x" * MEGABYTE)]),
        ("fragments without end", lambda: [frame(0x02, b"x"), *[frame(0x00, b"")] * 5_000]),
        ("text", lambda: [frame(0x81, b"hello")]),
        ("no message of a page", lambda: [frame(0x82, b"\xff\xff\xff")]),
        ("a thousand questions at once", lambda: [frame(0x82, heartbeat())] * 1_000),
    ],
)
def test_a_socket_that_says_too_much_is_closed(impatient, kept, way, frames):
    kept.append(connection := impatient.idle_socket())
    connection.sendall(frame(0x82, heartbeat()))
    try:
        connection.sendall(b"".join(frames()))
    except OSError:
        return
    assert is_hung_up(connection, 10), way


def frame(first, body):
    size = len(body)
    length = bytes([0x80 | size]) if size < 126 else bytes([0xFF]) + size.to_bytes(8, "big")
    return bytes([first]) + length + bytes(4) + body


def heartbeat():
    said = BackMsg()
    said.app_heartbeat = True
    return said.SerializeToString()


def test_a_message_that_unpacks_to_gigabytes_is_refused(impatient):
    before = impatient.memory()
    with Page(impatient) as page:
        page.open()
        with pytest.raises(ConnectionClosed):
            page.ws.send(bytes(64 * MEGABYTE))  # 64 kB on the way
            while True:
                page.next(10)
    assert impatient.memory() - before < 30


def test_a_socket_at_another_address_is_refused(impatient):
    asked = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    for path in ("/", "/_stcore/stream/", "/x/_stcore/stream", "/_stcore/agent", "/media/x"):
        assert impatient.ask(path, **asked, Sec_WebSocket_Version="13").status in (403, 404), path


@pytest.mark.parametrize("path", ["/?" + "a" * 40_000, "/" + "a" * 40_000])
def test_an_endless_address_is_refused(impatient, path):
    assert impatient.ask(path).status in (400, 431)
    assert impatient.ask("/", X="y" * 40_000).status in (400, 431)


def test_tabs_of_one_browser_are_so_many(few, kept):
    cookies = few.come()
    line = "; ".join(f"{name}={value}" for name, value in cookies.items())
    kept += [few.idle_socket(Cookie=line, X_Forwarded_For=f"203.0.113.{n}") for n in range(5)]
    assert [one is not None for one in kept] == [True] * 3 + [False] * 2


def test_the_proxy_is_believed_when_it_says_for_whom_it_asks_and_nobody_else(few, kept):
    for reader in ("203.0.113.7", "203.0.113.8", "2001:db8::1", "2001:db8::2"):
        kept += [few.idle_socket(X_Forwarded_For=reader) for _ in range(2)]
    assert [one is not None for one in kept] == [True] * 6 + [False] * 2, "the two of IPv6 are one household"
    liars = [few.idle_socket(OTHER, X_Forwarded_For=f"198.51.100.{n}") for n in range(4)]
    kept += liars
    assert [one is not None for one in liars] == [True] * 2 + [False] * 2


def test_healthz_says_that_no_page_could_be_opened_and_why(few, kept):
    assert few.ask("/healthz").status == 200
    kept += [few.idle_socket(X_Forwarded_For=f"203.0.113.{n}") for n in range(12)]
    full = few.ask("/healthz")
    assert full.status == 503
    assert json.loads(full.body) == {
        "ok": False,
        "why": "12 pages are open, the maximum. Wait until some are closed, or find out which addresses opened them.",
    }
    assert few.idle_socket(X_Forwarded_For="203.0.113.99") is None
    for one in kept:
        one.close()
    for _ in range(40):
        if few.ask("/healthz").status == 200:
            break
        time.sleep(0.1)
    assert few.ask("/healthz").status == 200


def test_connections_without_a_word_fill_all_places_and_healthz_still_answers(few, kept):
    assert few.process.rlimit(psutil.RLIMIT_NOFILE)[0] == 260, "raised as far as it may be"
    kept += [few.raw(b"GET / HTTP/1.1\r\n") for _ in range(36)]
    time.sleep(0.5)
    assert few.ask("/healthz").status == 200
    kept += [few.raw(b"GET / HTTP/1.1\r\n") for _ in range(14)]
    time.sleep(0.5)
    full = few.ask("/healthz")
    assert full.status == 503 and b"connections are open, the maximum" in full.body
    page = few.ask("/")
    assert page.status == 503 and b"Too many pages are being opened" in page.body
    for one in kept:
        one.close()
    time.sleep(0.5)
    opens_a_page(few, OTHER)


def test_the_limit_of_open_files_is_raised_as_far_as_it_may():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (100, 900)); "
            "from dashboard.server import limits; print(limits.raise_descriptors())",
        ],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    assert told.stdout.split() == ["900"]


@pytest.mark.parametrize(
    ("host", "counts_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_an_address_is_a_household(host, counts_as):
    assert limits.address_of(host) == counts_as
