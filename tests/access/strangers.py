"""A served dashboard with a login, and clients that keep to no rule: raw sockets, forged cookies, slow and many."""

import contextlib
import http.client
import json
import secrets
import socket
import subprocess
import time
from dataclasses import dataclass

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from websockets.sync.client import connect

from tests.dashboards import free_port, start

ISSUER, CLIENT = "https://login.example.org", "dashboard"
STEWARD, CEDAR, BIRCH, EXECUTIVE = (
    "steward@unesco.org",
    "officer@cedar.example.org",
    "officer@birch.example.org",
    "exec@unesco.org",
)
LINES = {
    STEWARD: f'{{ email = "{STEWARD}", role = "steward" }},',
    CEDAR: f'{{ email = "{CEDAR}", role = "partner", partner = "cedar" }},',
    BIRCH: f'{{ email = "{BIRCH}", role = "partner", partner = "birch" }},',
    EXECUTIVE: '{ domain = "unesco.org", role = "coalition" },',
}
# As `coalition run`, with limits that a test reaches in seconds.
SERVE = """
import json, os
from dashboard.commands import cli
from dashboard.server import limits
for name, value in json.loads(os.environ["LIMITS"]).items():
    assert hasattr(limits, name), name
    setattr(limits, name, value)
{before}
raise SystemExit(cli.main(["run"]))
"""


@dataclass
class Answer:
    """Status, headers and body of an answer; status 0 when the server hung up without one."""

    status: int
    headers: dict
    body: bytes


def is_done(message):
    return (
        message.WhichOneof("type") == "script_finished" and message.script_finished != message.FINISHED_EARLY_FOR_RERUN
    )


class Page:
    """A page that somebody has open: its socket, its session, and what it was sent."""

    def __init__(self, served, who="", source="127.0.0.1", cookies=None, resumed="", **claims):
        self.served = served
        self.cookies = dict(cookies or served.come(source))
        if who:
            self.cookies["_streamlit_user"] = served.signed_in(who, **claims)
        token = self.cookies["_streamlit_xsrf"]
        self.ws = connect(
            f"ws://127.0.0.1:{served.port}/_stcore/stream",
            subprotocols=["streamlit", token, *([resumed] if resumed else [])],
            origin=served.address,
            additional_headers={"Cookie": cookie_line(self.cookies)},
            source_address=(source, 0),
            max_size=None,
            max_queue=None,  # what nobody reads would keep the connection from being closed for ten seconds
            open_timeout=20,
        )
        self.session = ""
        self.messages = []
        self.raw = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ws.close()

    def send(self, message):
        self.ws.send(message.SerializeToString())

    def next(self, seconds=60):
        raw = self.ws.recv(timeout=seconds)
        message = ForwardMsg()
        message.ParseFromString(raw)
        self.raw += raw
        self.messages.append(message)
        if message.WhichOneof("type") == "new_session":
            self.session = message.new_session.initialize.session_id
        return message

    def open(self, query="", page=""):
        """Opens a page, and gives all messages until its script is done."""
        request = BackMsg()
        request.rerun_script.query_string = query
        request.rerun_script.page_name = page
        self.send(request)
        begun = len(self.messages)
        # A partner's first run begins anew with its own first page.
        while not is_done(self.next()):
            pass
        return self.messages[begun:]

    def words(self):
        return self.raw.decode("utf-8", "replace")

    def download(self):
        """The address of a CSV of the page, as a click on *Download CSV* is answered; empty when it is not."""
        for message in self.messages:
            button = message.delta.new_element.download_button
            if button.label == "Download CSV" and button.deferred_file_id:
                request = BackMsg()
                request.backend_operation_request.request_id = "1"
                request.backend_operation_request.session_id = self.session
                request.backend_operation_request.deferred_file.file_id = button.deferred_file_id
                self.send(request)
                with contextlib.suppress(TimeoutError):
                    while (answer := self.next(5)).WhichOneof("type") != "backend_operation_response":
                        pass
                    return answer.backend_operation_response.deferred_file.url
                return ""
        raise AssertionError("the page has no download")

    def upload(self, body, name="00000000-0000-4000-8000-000000000001", method="PUT", session="", cookies=None, **more):
        return self.served.upload(session or self.session, body, name, method, cookies or self.cookies, **more)


class Served:
    """A dashboard with a login of its own, and ways to ask it for things."""

    def __init__(self, folder, store, limits=None, before="", **environment):
        self.port, self.store = free_port(), store
        self.address = f"http://127.0.0.1:{self.port}"
        self.secret = secrets.token_hex(32)
        self.roster_file = folder / "roster.toml"
        self.roster(*LINES)
        login = folder / "login.toml"
        login.write_text(
            f'[auth]\nredirect_uri = "{self.address}/oauth2callback"\ncookie_secret = "{self.secret}"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "{secrets.token_hex(16)}"\n'
            f'server_metadata_url = "{ISSUER}/.well-known/openid-configuration"\n',
            encoding="utf-8",
        )
        self.environment = {
            "COALITION_SECRETS": str(login),
            "COALITION_ROSTER": str(self.roster_file),
            "LIMITS": json.dumps(limits or {}),
            **environment,
        }
        self.code = SERVE.replace("{before}", before)

    def __enter__(self):
        self.server = start(self.store, self.port, self.code, **self.environment)
        self.process = psutil.Process(self.server.pid)
        for _ in range(240):
            with contextlib.suppress(OSError):
                if self.ask("/healthz").status == 200:
                    return self
            assert self.server.poll() is None, "the server ended"
            time.sleep(0.25)
        raise AssertionError("the server did not answer in a minute")

    def __exit__(self, *_):
        self.server.terminate()
        try:
            self.server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.server.kill()

    def roster(self, *who):
        lines = [f'issuers = ["{ISSUER}"]', "person = [", *(LINES[person] for person in who), "]"]
        self.roster_file.write_text("\n".join(lines), encoding="utf-8")

    def ask(self, path, method="GET", body=None, source="127.0.0.1", seconds=30, **headers):
        """An answer; headers with underscores for dashes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds, source_address=(source, 0))
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it hung up before all was sent
                connection.request(
                    method, path, body, {name.replace("_", "-"): value for name, value in headers.items()}
                )
            got = connection.getresponse()
            return Answer(got.status, dict(got.getheaders()), got.read())
        except (http.client.HTTPException, ConnectionError):
            return Answer(0, {}, b"")
        finally:
            connection.close()

    def come(self, source="127.0.0.1"):
        """The cookies of a browser that opens the first page."""
        cookies = {}
        for path in ("/", "/_stcore/health"):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(source, 0))
            connection.request("GET", path, headers={"Cookie": cookie_line(cookies)})
            got = connection.getresponse()
            for line in got.headers.get_all("set-cookie") or []:
                name, _, value = line.split(";")[0].partition("=")
                cookies[name] = value
            got.read()
            connection.close()
        return cookies

    def signed_in(self, who, **claims):
        """The cookie of somebody whom the provider let in."""
        token = {"iss": ISSUER, "aud": CLIENT, "sub": who, "email": who, "email_verified": True, "iat": time.time() - 5}
        token |= {"origin": self.address, "is_logged_in": True, **claims}
        return create_signed_value(self.secret, "_streamlit_user", json.dumps(token)).decode()

    def upload(self, session, body, name="00000000-0000-4000-8000-000000000001", method="PUT", cookies=None, **more):
        """Sends a file as the page does; `body` is bytes, or an iterator that is sent in chunks without a length."""
        cookies = cookies or {}
        start, end = (
            b'--x\r\ncontent-disposition: form-data; name="f"; filename="f.csv"\r\ncontent-type: text/csv\r\n\r\n',
            b"\r\n--x--\r\n",
        )
        framed = start + body + end if isinstance(body, bytes) else (piece for piece in (start, *body, end))
        return self.ask(
            f"/_stcore/upload_file/{session}/{name}",
            method,
            framed if method == "PUT" else None,
            **{
                "Content_Type": "multipart/form-data; boundary=x",
                "X_Xsrftoken": cookies.get("_streamlit_xsrf", ""),
                "Cookie": cookie_line(cookies),
                **more,
            },
        )

    def memory(self):
        """Resident megabytes of the server."""
        return self.process.memory_info().rss / 1e6

    def descriptors(self):
        return self.process.num_fds()

    def raw(self, text=b"", source="127.0.0.1"):
        """A connection on which something was sent, and nothing more."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20, source_address=(source, 0))
        connection.sendall(text)
        return connection

    def idle_socket(self, source="127.0.0.1", **headers):
        """A websocket that never says a word; None when it was refused."""
        connection = self.raw(
            b"GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n"
            % (self.port, b"".join(f"{n.replace('_', '-')}: {v}\r\n".encode() for n, v in headers.items())),
            source,
        )
        try:
            if connection.recv(12) == b"HTTP/1.1 101":
                return connection
        except OSError:
            pass
        connection.close()
        return None


def is_hung_up(connection, seconds):
    """Whether the server closes a connection within that time, whatever it says first."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        connection.settimeout(left)
        try:
            if not connection.recv(65_536):
                return True
        except TimeoutError:
            return False
        except OSError:
            return True
    return False


def cookie_line(cookies):
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
